-- Attendance that looks arranged: a reason to look, never a proof. Grain: government_code,
-- suspicion_code, nip, day.
-- same_second: five or more people at one device in the same second.
-- on_leave: a punch on a day that leave excuses. after_service: a punch after the last spell ended.
-- identical_times: in and out at the very same seconds on five or more days with punches in a row.
-- perfect_unit: a unit of five or more people and 50 or more scheduled days in a month, all of
-- them present, without leave, late or early minute; its people stand at the first of the month.
with attendance as (
    {{ live_rows('attendance') | indent(4) }}
),

punches as (
    select * from {{ ref('int_punch') }}
),

punch_days as (
    select * from {{ ref('int_punch_day') }}
),

leave_days as (
    select * from {{ ref('int_leave_day') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

employee_days as (
    select * from {{ ref('int_employee_day') }}
),

-- Found before PINs become people: only these moments are looked at closely.
crowded_seconds as (
    select
        government_code,
        device_id,
        timestamp
    from attendance
    where device_id is not null
    group by government_code, device_id, timestamp
    having count(distinct coalesce(nip, pin)) >= 5
),

same_second as (
    select distinct
        punches.government_code,
        'same_second' as suspicion_code,
        punches.nip,
        cast(punches.punched_at as date) as day
    from punches
    inner join crowded_seconds
        on
            punches.government_code = crowded_seconds.government_code
            and punches.device_id = crowded_seconds.device_id
            and punches.punched_at = crowded_seconds.timestamp
    where punches.nip is not null
),

on_leave as (
    select
        punch_days.government_code,
        'on_leave' as suspicion_code,
        punch_days.nip,
        punch_days.punch_date as day
    from punch_days
    inner join leave_days
        on
            punch_days.government_code = leave_days.government_code
            and punch_days.nip = leave_days.nip
            and punch_days.punch_date = leave_days.day
    where leave_days.counts_as = 'excused'
),

ends as (
    select
        government_code,
        nip,
        max(valid_to) as last_day
    from spells
    group by government_code, nip
),

after_service as (
    select
        punch_days.government_code,
        'after_service' as suspicion_code,
        punch_days.nip,
        punch_days.punch_date as day
    from punch_days
    inner join ends
        on
            punch_days.government_code = ends.government_code
            and punch_days.nip = ends.nip
            and punch_days.punch_date > ends.last_day
),

-- Days in a row with the same times have the same difference of the two numberings.
numbered as (
    select
        government_code,
        nip,
        day,
        cast(first_punch as time) as time_in,
        cast(last_punch as time) as time_out,
        row_number() over (partition by government_code, nip order by day)
        - row_number() over (
            partition by
                government_code, nip, cast(first_punch as time), cast(last_punch as time)
            order by day
        ) as run_number
    from employee_days
    where last_punch > first_punch
),

counted as (
    select
        *,
        count(*) over (
            partition by government_code, nip, time_in, time_out, run_number
        ) as days_in_a_row
    from numbered
),

identical_times as (
    select
        government_code,
        'identical_times' as suspicion_code,
        nip,
        day
    from counted
    where days_in_a_row >= 5
),

perfect_units as (
    select
        government_code,
        unit_code,
        month
    from employee_days
    group by government_code, unit_code, month
    having
        count(distinct nip) >= 5
        and count(*) >= 50
        and sum(case when day_status = 'present' then 0 else 1 end) = 0
        and sum(case when first_punch is null then 1 else 0 end) = 0
        and sum(late_minutes + early_leave_minutes) = 0
),

perfect_unit as (
    select distinct
        employee_days.government_code,
        'perfect_unit' as suspicion_code,
        employee_days.nip,
        employee_days.month as day
    from employee_days
    inner join perfect_units
        on
            employee_days.government_code = perfect_units.government_code
            and employee_days.unit_code = perfect_units.unit_code
            and employee_days.month = perfect_units.month
),

found as (
    select * from same_second
    union all
    select * from on_leave
    union all
    select * from after_service
    union all
    select * from identical_times
    union all
    select * from perfect_unit
),

-- The unit of the day; who is no longer in service was last of this one.
located as (
    select
        found.government_code,
        found.suspicion_code,
        found.nip,
        found.day,
        spells.unit_code,
        row_number() over (
            partition by found.government_code, found.suspicion_code, found.nip, found.day
            order by
                case when found.day between spells.valid_from and spells.valid_to then 0 else 1 end,
                spells.valid_to desc
        ) as nearness_rank
    from found
    inner join spells
        on
            found.government_code = spells.government_code
            and found.nip = spells.nip
),

final as (
    select
        government_code,
        suspicion_code,
        nip,
        day,
        unit_code
    from located
    where nearness_rank = 1
)

select * from final
