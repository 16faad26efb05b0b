-- In and out at the very same seconds on five or more days with punches in a row.
-- Grain: government_code, nip, day.
with punched_days as (
    select
        government_code,
        nip,
        day,
        cast(first_punch as time) as time_in,
        cast(last_punch as time) as time_out
    from {{ ref('int_employee_day') }}
    where last_punch > first_punch
),

-- Whoever has no five days alike at all has none in a row: nearly everybody, and the days of
-- nobody else need an order.
repeating as (
    select distinct
        government_code,
        nip
    from (
        select
            government_code,
            nip
        from punched_days
        group by government_code, nip, time_in, time_out
        having count(*) >= 5
    ) as alike
),

days_of_the_repeating as (
    select punched_days.*
    from punched_days
    inner join repeating
        on
            punched_days.government_code = repeating.government_code
            and punched_days.nip = repeating.nip
),

-- Days in a row with the same times have the same difference of the two numberings.
numbered as (
    select
        *,
        row_number() over (partition by government_code, nip order by day)
        - row_number() over (
            partition by government_code, nip, time_in, time_out
            order by day
        ) as run_number
    from days_of_the_repeating
),

counted as (
    select
        *,
        count(*) over (
            partition by government_code, nip, time_in, time_out, run_number
        ) as days_in_a_row
    from numbered
),

final as (
    select
        government_code,
        nip,
        day
    from counted
    where days_in_a_row >= 5
)

select * from final
