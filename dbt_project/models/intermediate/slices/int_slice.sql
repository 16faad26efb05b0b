-- The months of each government that a model is built for, with the digest of each input, and why
-- some of them were built again tonight. Grain: step, input, government_code, month.
with punch_day as (
    select * from {{ ref('slice_punch_day') }}
),

schedule as (
    select * from {{ ref('slice_schedule') }}
),

scheduled_day as (
    select * from {{ ref('slice_scheduled_day') }}
),

employee_day as (
    select * from {{ ref('slice_employee_day') }}
),

final as (
    select
        'int_punch_day' as step,
        *
    from punch_day
    union all
    select
        'int_schedule' as step,
        *
    from schedule
    union all
    select
        'int_scheduled_day' as step,
        *
    from scheduled_day
    union all
    select
        'int_employee_day' as step,
        *
    from employee_day
)

select * from final
