-- The people of a unit of five or more with 50 or more scheduled days in a month, all of them
-- present, without leave, late or early minute.
-- Grain: government_code, nip, month.
with employee_days as (
    select * from {{ ref('int_employee_day') }}
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

final as (
    select distinct
        employee_days.government_code,
        employee_days.nip,
        employee_days.month
    from employee_days
    inner join perfect_units
        on
            employee_days.government_code = perfect_units.government_code
            and employee_days.unit_code = perfect_units.unit_code
            and employee_days.month = perfect_units.month
)

select * from final
