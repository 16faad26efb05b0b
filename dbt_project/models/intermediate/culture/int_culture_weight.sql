-- The weights of the culture score on the last day of each month that a government has in
-- mart_discipline. Grain: government_code, month.
with discipline as (
    select * from {{ ref('mart_discipline') }}
),

rules as (
    select * from {{ source('raw', 'rule_score_weights') }}
),

months as (
    select distinct
        government_code,
        month,
        {{ month_end('month') }} as month_end
    from discipline
),

final as (
    select
        months.government_code,
        months.month,
        months.month_end,
        max(case when rules.component = 'survey' then rules.weight end) as survey_weight,
        max(case when rules.component = 'survey' then rules.max_age end) as survey_max_age,
        max(case when rules.component = 'discipline' then rules.weight end) as discipline_weight,
        max(case when rules.component = 'ip_asn' then rules.weight end) as ip_asn_weight,
        max(case when rules.component = 'ip_asn' then rules.max_age end) as ip_asn_max_age
    from months
    left join rules
        on {{ in_force('rules', 'months.government_code', 'months.month_end') }}
    group by months.government_code, months.month, months.month_end
)

select * from final
