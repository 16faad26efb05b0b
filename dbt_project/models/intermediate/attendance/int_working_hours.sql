-- When each type of employee works in each unit, day by day.
-- Grain: government_code, unit_code, opd_code, employee_type, day.
-- Rule: the working_hours row for unit (else its OPD, else the government), type (else all),
-- weekday and period. PPPK_PARUH_WAKTU without a row of their own are scheduled on no day.
with spells as (
    select * from {{ ref('int_employee_spell') }}
),

working_days as (
    select *
    from {{ ref('int_working_day') }}
    where is_working_day
),

working_hours as (
    select * from {{ source('raw', 'rule_working_hours') }}
),

groups as (
    select distinct
        government_code,
        unit_code,
        opd_code,
        employee_type
    from spells
),

candidates as (
    select
        groups.government_code,
        groups.unit_code,
        groups.opd_code,
        groups.employee_type,
        working_days.day,
        working_hours.start_time,
        working_hours.end_time,
        row_number() over (
            partition by
                groups.government_code,
                groups.unit_code,
                groups.opd_code,
                groups.employee_type,
                working_days.day
            order by
                case
                    when working_hours.unit_code = groups.unit_code then 1
                    when working_hours.unit_code = groups.opd_code then 2
                    else 3
                end,
                case when working_hours.employee_type is null then 2 else 1 end
        ) as fit_rank
    from groups
    inner join working_hours
        on
            groups.government_code = working_hours.government_code
            and coalesce(working_hours.unit_code, groups.unit_code)
            in (groups.unit_code, groups.opd_code)
            and (
                groups.employee_type = working_hours.employee_type
                or (
                    groups.employee_type <> 'PPPK_PARUH_WAKTU'
                    and working_hours.employee_type is null
                )
            )
    inner join working_days
        on
            {{ in_force('working_hours', 'working_days.government_code', 'working_days.day') }}
            and working_hours.weekday = working_days.weekday
            and working_hours.period = working_days.period
),

final as (
    select
        government_code,
        unit_code,
        opd_code,
        employee_type,
        day,
        start_time,
        end_time
    from candidates
    where fit_rank = 1
)

select * from final
