-- Somebody punched on a day that leave excuses.
-- Grain: government_code, nip, day.
with punch_days as (
    select * from {{ ref('int_punch_day') }}
),

leave_days as (
    select * from {{ ref('int_leave_day') }}
),

final as (
    select
        punch_days.government_code,
        punch_days.nip,
        punch_days.punch_date as day
    from punch_days
    inner join leave_days
        on
            punch_days.government_code = leave_days.government_code
            and punch_days.nip = leave_days.nip
            and punch_days.punch_date = leave_days.day
    where leave_days.counts_as = 'excused'
)

select * from final
