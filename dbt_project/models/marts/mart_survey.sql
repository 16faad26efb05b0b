-- The work-culture survey by unit and wave. Grain: government_code, unit_level, unit_code, wave.
-- survey_score is the unweighted mean of the seven value scores, NULL if one is missing. This is
-- a region's own Likert survey, never an Indeks BerAKHLAK. Its margin rests on the respondents who
-- have all seven values, who may be fewer than those of the row.
with units as (
    select * from {{ ref('int_survey_unit') }}
),

scores as (
    select * from {{ ref('int_survey_score') }}
),

value_codes as (
    select * from {{ ref('dim_value') }}
),

value_scores as (
    select
        scores.*,
        row_number() over (
            partition by scores.government_code, scores.wave, scores.unit_level, scores.unit_code
            order by round(scores.score, 9), value_codes.value_order
        ) as weakness_rank
    from scores
    inner join value_codes on scores.measure_code = value_codes.value_code
    where scores.measure = 'value' and scores.score is not null
),

means as (
    select
        government_code,
        wave,
        unit_level,
        unit_code,
        case when count(*) = 7 then {{ steady_mean('score') }} end as survey_score,
        max(case when weakness_rank = 1 then measure_code end) as weakest_value_code
    from value_scores
    group by government_code, wave, unit_level, unit_code
),

margins as (
    select * from scores
    where measure = 'survey'
),

final as (
    select
        units.government_code,
        units.unit_level,
        units.unit_code,
        units.wave,
        units.wave_end_date,
        cast(units.respondents as bigint) as respondents,
        cast(units.eligible as bigint) as eligible,
        {{ rate('units.respondents', 'units.eligible') }} as response_rate,
        {{ shown('means.survey_score') }} as survey_score,
        case
            when means.survey_score is not null
                then {{ shown(enough('margins.margin_of_error', 'margins.respondents')) }}
        end as margin_of_error,
        {{ shown('means.weakest_value_code') }} as weakest_value_code,
        units.suppressed
    from units
    left join means
        on
            units.government_code = means.government_code
            and units.wave = means.wave
            and units.unit_level = means.unit_level
            and units.unit_code = means.unit_code
    left join margins
        on
            units.government_code = margins.government_code
            and units.wave = margins.wave
            and units.unit_level = margins.unit_level
            and units.unit_code = margins.unit_code
)

select * from final
