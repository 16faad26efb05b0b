-- Each employee's month in an OPD, summed over its scheduled and unrecorded days.
-- Grain: government_code, nip, opd_code, month.
-- The minutes that stand for a missing punch are in late and early, and apart in imputed.
with employee_days as (
    select * from {{ ref('int_employee_day') }}
),

final as (
    select
        government_code,
        nip,
        opd_code,
        month,
        count(*) filter (where day_status = 'present') as present_days,
        count(*) filter (where day_status = 'excused') as excused_days,
        count(*) filter (where day_status = 'unexcused') as unexcused_days,
        count(*) filter (where day_status = 'unrecorded') as unrecorded_days,
        cast(sum(late_minutes) as bigint) as late_minutes,
        cast(sum(early_leave_minutes) as bigint) as early_leave_minutes,
        cast(sum(imputed_minutes) as bigint) as imputed_minutes
    from employee_days
    group by
        government_code,
        nip,
        opd_code,
        month
)

select * from final
