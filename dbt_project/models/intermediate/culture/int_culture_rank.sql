-- The rank of each OPD with a culture score, and its range over 27 weightings. Grain:
-- government_code, unit_code, month.
-- Each weight is multiplied by 0.8, 1 or 1.2, and their sum brought back to one (OECD/JRC Handbook
-- on Constructing Composite Indicators). Rank = 1 + the OPDs of that government and month with a
-- greater score; scores that are equal to nine decimals share the better rank.
with components as (
    select * from {{ ref('int_culture_component') }}
),

factors (factor) as (
    values (0.8), (1.0), (1.2)
),

weightings as (
    select
        survey.factor as survey_factor,
        discipline.factor as discipline_factor,
        ip_asn.factor as ip_asn_factor
    from factors as survey
    cross join factors as discipline
    cross join factors as ip_asn
),

weighted as (
    select
        components.*,
        weightings.survey_factor = 1
        and weightings.discipline_factor = 1
        and weightings.ip_asn_factor = 1 as is_own,
        weightings.survey_factor * components.survey_weight as survey_part,
        weightings.discipline_factor * components.discipline_weight as discipline_part,
        weightings.ip_asn_factor * components.ip_asn_weight as ip_asn_part,
        weightings.survey_factor,
        weightings.discipline_factor,
        weightings.ip_asn_factor
    from components
    cross join weightings
    where components.unit_level = 'opd'
),

scored as (
    select
        *,
        round(
            (
                survey_part * survey_score
                + discipline_part * discipline_score
                + ip_asn_part * ip_asn_score
            )
            / nullif(survey_part + discipline_part + ip_asn_part, 0),
            9
        ) as weighted_score
    from weighted
),

ranked as (
    select
        government_code,
        unit_code,
        month,
        is_own,
        rank() over (
            partition by
                government_code, month, survey_factor, discipline_factor, ip_asn_factor
            order by weighted_score desc
        ) as rank
    from scored
    where weighted_score is not null
),

final as (
    select
        government_code,
        unit_code,
        month,
        max(case when is_own then rank end) as rank,
        min(rank) as rank_best,
        max(rank) as rank_worst
    from ranked
    group by government_code, unit_code, month
)

select * from final
