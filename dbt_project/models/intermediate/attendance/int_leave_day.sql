-- What leave or duty elsewhere makes of a day, up to the run's date.
-- Grain: government_code, nip, day.
-- `counts_as` is excused, present or unexcused, by the rule of that day for the type of leave;
-- of several on one day excused wins, then present. A type without a rule waits. No punch before
-- 2010 counts, so no day before 2009 does (an apel counts for twelve months).
with leave as (
    select * from {{ ref('stg_leave') }}
),

leave_types as (
    select * from {{ source('raw', 'rule_leave_types') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

days as (
    select
        leave.government_code,
        leave.nip,
        leave.leave_type,
        leave.delivery_id,
        leave.delivery_number,
        leave.row_number,
        {{ each_day(
            "greatest(leave.date_from, date '2009-01-01')", 'least(leave.date_to, run.as_of_date)'
        ) }} as day
    from leave
    cross join run
),

ranked as (
    select
        days.government_code,
        days.nip,
        days.day,
        leave_types.counts_as,
        days.delivery_id,
        days.row_number,
        row_number() over (
            partition by days.government_code, days.nip, days.day
            order by
                case leave_types.counts_as when 'excused' then 1 when 'present' then 2 else 3 end,
                days.delivery_number desc,
                days.row_number desc
        ) as counts_rank
    from days
    inner join leave_types
        on
            {{ in_force('leave_types', 'days.government_code', 'days.day') }}
            and {{ bare_word('days.leave_type') }} = {{ bare_word('leave_types.leave_type') }}
),

final as (
    select
        government_code,
        nip,
        day,
        counts_as,
        delivery_id,
        row_number
    from ranked
    where counts_rank = 1
)

select * from final
