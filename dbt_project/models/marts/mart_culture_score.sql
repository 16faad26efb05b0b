-- The culture score by unit and month. Grain: government_code, unit_level, unit_code, month.
-- Culture score = sum of weight * component. A component that is missing or hidden makes it NULL,
-- and status names it: weights are never silently spread. Components are as published; a score
-- is suppressed with any of its components. Status says `missing_` or `hidden_` where it differs
-- from what was said of the component before.
with components as (
    select * from {{ ref('int_culture_component') }}
),

ranks as (
    select * from {{ ref('int_culture_rank') }}
),

targets as (
    select * from {{ source('raw', 'rule_targets') }}
    where measure = 'culture_score'
),

bands as (
    select * from {{ ref('stg_index_band') }}
),

scored as (
    select
        *,
        survey_weight * survey_score
        + discipline_weight * discipline_score
        + ip_asn_weight * ip_asn_score as culture_score,
        coalesce('+' || survey_empty || '_survey', '')
        || case
            when discipline_empty is null then ''
            when discipline_empty = survey_empty then '+discipline'
            else '+' || discipline_empty || '_discipline'
        end
        || case
            when ip_asn_empty is null then ''
            when ip_asn_empty = coalesce(discipline_empty, survey_empty) then '+ip_asn'
            else '+' || ip_asn_empty || '_ip_asn'
        end as empty_components
    from components
),

final as (
    select
        scored.government_code,
        scored.unit_level,
        scored.unit_code,
        scored.month,
        scored.survey_score,
        scored.survey_wave,
        scored.discipline_score,
        scored.ip_asn_score,
        scored.ip_asn_year,
        scored.culture_score,
        bands.category,
        case
            when scored.empty_components = '' then 'complete'
            else substr(scored.empty_components, 2)
        end as status,
        coalesce(own_target.value, every_target.value) as target_score,
        scored.culture_score - coalesce(own_target.value, every_target.value) as gap_to_target,
        ranks.rank,
        ranks.rank_best,
        ranks.rank_worst,
        scored.is_hidden as suppressed
    from scored
    left join ranks
        on
            scored.government_code = ranks.government_code
            and scored.unit_code = ranks.unit_code
            and scored.month = ranks.month
            and scored.unit_level = 'opd'
    left join bands
        on {{ falls_into(
            'scored.culture_score',
            'bands',
            "'culture'",
            'scored.government_code',
            'scored.month_end'
        ) }}
    left join targets as own_target
        on
            scored.unit_code = own_target.unit_code
            and extract(year from scored.month) = own_target.year
            and {{ in_force('own_target', 'scored.government_code', 'scored.month_end') }}
    left join targets as every_target
        on
            every_target.unit_code is null
            and extract(year from scored.month) = every_target.year
            and {{ in_force('every_target', 'scored.government_code', 'scored.month_end') }}
)

select * from final
