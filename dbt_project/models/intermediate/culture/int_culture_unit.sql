-- The rows of mart_culture_score: every OPD with somebody in service on a day of the month, and
-- the government, for its months in mart_discipline. Grain: government_code, unit_level,
-- unit_code, month.
with discipline as (
    select * from {{ ref('mart_discipline') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

months as (
    select distinct
        government_code,
        month,
        {{ month_end('month') }} as month_end
    from discipline
),

-- Thousands of spells of an OPD begin and end in few months.
staffed as (
    select distinct
        government_code,
        opd_code,
        {{ month_of('valid_from') }} as first_month,
        {{ month_of('valid_to') }} as last_month
    from spells
),

final as (
    select distinct
        months.government_code,
        'opd' as unit_level,
        staffed.opd_code as unit_code,
        months.month
    from months
    inner join staffed
        on
            months.government_code = staffed.government_code
            and months.month between staffed.first_month and staffed.last_month
    union all
    select
        government_code,
        'government' as unit_level,
        government_code as unit_code,
        month
    from months
)

select * from final
