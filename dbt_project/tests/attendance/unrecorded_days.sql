{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_employee_day',
        'id': 'Hari kerja unit yang kehadirannya tidak terekam',
        'en': 'Working days of a unit whose attendance was not recorded'
    }
) }}
-- One row per unit and day; days still to come are no finding.
with employee_days as (
    select * from {{ ref('int_employee_day') }}
),

run as (
    select * from {{ ref('stg_run') }}
)

select
    employee_days.government_code,
    employee_days.unit_code,
    employee_days.day,
    count(*) as employees
from employee_days
inner join run
    on employee_days.day <= run.as_of_date
where employee_days.day_status = 'unrecorded'
group by
    employee_days.government_code,
    employee_days.unit_code,
    employee_days.day
