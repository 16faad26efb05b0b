-- The seven values by unit and wave. Grain: government_code, unit_level, unit_code, wave,
-- value_code. Alpha rests on the respondents who answered every item, who may be fewer than those
-- of the row.
with units as (
    select * from {{ ref('int_survey_unit') }}
),

value_codes as (
    select * from {{ ref('dim_value') }}
),

scores as (
    select * from {{ ref('int_survey_score') }}
    where measure = 'value'
),

alphas as (
    select * from {{ ref('int_survey_alpha') }}
),

final as (
    select
        units.government_code,
        units.unit_level,
        units.unit_code,
        units.wave,
        value_codes.value_code,
        cast(coalesce(scores.respondents, 0) as bigint) as respondents,
        {{ shown('scores.score') }} as score,
        {{ shown(enough('scores.margin_of_error', 'scores.respondents')) }} as margin_of_error,
        {{ shown(enough('alphas.cronbach_alpha', 'alphas.respondents')) }} as cronbach_alpha,
        units.suppressed
    from units
    cross join value_codes
    left join scores
        on
            units.government_code = scores.government_code
            and units.wave = scores.wave
            and units.unit_level = scores.unit_level
            and units.unit_code = scores.unit_code
            and value_codes.value_code = scores.measure_code
    left join alphas
        on
            units.government_code = alphas.government_code
            and units.wave = alphas.wave
            and units.unit_level = alphas.unit_level
            and units.unit_code = alphas.unit_code
            and value_codes.value_code = alphas.value_code
)

select * from final
