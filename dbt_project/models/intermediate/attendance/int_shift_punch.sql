-- The punches of the calendar dates that a shift over midnight touches, shared out to the days
-- that they belong to. Grain: government_code, nip, day; `punches` is NULL where none is left.
-- Rule: the shift owns the punches of its stretch, for the day on which it began. A date keeps
-- the others, unless a shift over midnight began on it.
with night_shifts as (
    select * from {{ ref('int_night_shift') }}
),

punch_days as (
    select * from {{ ref('int_punch_day') }}
),

touched as (
    select
        government_code,
        nip,
        day,
        owns_from,
        owns_until,
        {{ each_day('cast(owns_from as date)', 'cast(owns_until as date)') }} as punch_date
    from night_shifts
),

touched_dates as (
    select distinct
        government_code,
        nip,
        punch_date
    from touched
),

single_punches as (
    select
        touched_dates.government_code,
        touched_dates.nip,
        touched_dates.punch_date,
        {{ each_of('punch_days.punches') }} as punch
    from touched_dates
    inner join punch_days
        on
            touched_dates.government_code = punch_days.government_code
            and touched_dates.nip = punch_days.nip
            and touched_dates.punch_date = punch_days.punch_date
),

shared_out as (
    select
        single_punches.government_code,
        single_punches.nip,
        coalesce(touched.day, single_punches.punch_date) as day,
        touched.day is not null as is_owned,
        single_punches.punch
    from single_punches
    left join touched
        on
            single_punches.government_code = touched.government_code
            and single_punches.nip = touched.nip
            and single_punches.punch_date = touched.punch_date
            and single_punches.punch.punched_at >= touched.owns_from
            and single_punches.punch.punched_at < touched.owns_until
),

collected as (
    select
        shared_out.government_code,
        shared_out.nip,
        shared_out.day,
        {{ collect_punches(
            'shared_out.punch.punched_at',
            'shared_out.punch.delivery_id',
            'shared_out.punch.row_number'
        ) }} as punches
    from shared_out
    left join night_shifts
        on
            shared_out.government_code = night_shifts.government_code
            and shared_out.nip = night_shifts.nip
            and shared_out.day = night_shifts.day
    where
        shared_out.is_owned
        or night_shifts.nip is null
    group by
        shared_out.government_code,
        shared_out.nip,
        shared_out.day
),

final as (
    select
        touched_dates.government_code,
        touched_dates.nip,
        touched_dates.punch_date as day,
        collected.punches
    from touched_dates
    left join collected
        on
            touched_dates.government_code = collected.government_code
            and touched_dates.nip = collected.nip
            and touched_dates.punch_date = collected.day
)

select * from final
