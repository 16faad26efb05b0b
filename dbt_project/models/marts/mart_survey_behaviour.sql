-- The 21 behaviours by unit and wave. Grain: government_code, unit_level, unit_code, wave,
-- behaviour_code.
with units as (
    select * from {{ ref('int_survey_unit') }}
),

behaviours as (
    select * from {{ ref('dim_behaviour') }}
),

scores as (
    select * from {{ ref('int_survey_score') }}
    where measure = 'behaviour'
),

final as (
    select
        units.government_code,
        units.unit_level,
        units.unit_code,
        units.wave,
        behaviours.behaviour_code,
        cast(coalesce(scores.respondents, 0) as bigint) as respondents,
        {{ shown('scores.score') }} as score,
        {{ shown('scores.share_positive') }} as share_positive,
        units.suppressed
    from units
    cross join behaviours
    left join scores
        on
            units.government_code = scores.government_code
            and units.wave = scores.wave
            and units.unit_level = scores.unit_level
            and units.unit_code = scores.unit_code
            and behaviours.behaviour_code = scores.measure_code
)

select * from final
