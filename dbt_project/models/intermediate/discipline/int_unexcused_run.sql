-- How many scheduled days in a row an employee had been absent unexcused on such a day.
-- Grain: government_code, nip, day (unexcused days only).
-- Rule: days off do not break a run; an excused, present or unrecorded day does. A run goes on
-- over New Year: the law counts these ten days in a row, not within a year.
with employee_days as (
    select
        government_code,
        nip,
        day,
        day_status
    from {{ ref('int_employee_day') }}
),

absentees as (
    select distinct
        government_code,
        nip
    from employee_days
    where day_status = 'unexcused'
),

-- Days between two breaks share their number of breaks before them.
numbered as (
    select
        employee_days.government_code,
        employee_days.nip,
        employee_days.day,
        employee_days.day_status,
        count(*) filter (where employee_days.day_status <> 'unexcused') over (
            partition by employee_days.government_code, employee_days.nip
            order by employee_days.day
        ) as breaks_before
    from employee_days
    inner join absentees
        on
            employee_days.government_code = absentees.government_code
            and employee_days.nip = absentees.nip
),

final as (
    select
        government_code,
        nip,
        day,
        row_number() over (
            partition by government_code, nip, breaks_before
            order by day
        ) as run_days
    from numbered
    where day_status = 'unexcused'
)

select * from final
