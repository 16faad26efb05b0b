-- What the respondents of a stratum come to. Grain: government_code, wave, unit_level, unit_code,
-- measure, measure_code, stratum_code.
-- N and answers of the OPDs of one stratum are put together.
with strata as (
    select * from {{ ref('int_survey_stratum') }}
),

scores as (
    select * from {{ ref('int_respondent_score') }}
),

populations as (
    select
        government_code,
        wave,
        unit_level,
        unit_code,
        measure,
        measure_code,
        stratum_code,
        sum(eligible) as eligible,
        sum(weight) as weight
    from strata
    group by
        government_code, wave, unit_level, unit_code, measure, measure_code, stratum_code
),

samples as (
    select
        strata.government_code,
        strata.wave,
        strata.unit_level,
        strata.unit_code,
        strata.measure,
        strata.measure_code,
        strata.stratum_code,
        count(*) as respondents,
        {{ steady_mean('scores.score') }} as mean_score,
        {{ steady_variance('scores.score') }} as score_variance,
        {{ rate('sum(scores.positive_answers)', 'sum(scores.answers)') }} as share_positive
    from strata
    inner join scores
        on
            strata.government_code = scores.government_code
            and strata.wave = scores.wave
            and strata.opd_code = scores.opd_code
            and strata.measure = scores.measure
            and strata.measure_code = scores.measure_code
    group by
        strata.government_code, strata.wave, strata.unit_level, strata.unit_code, strata.measure,
        strata.measure_code, strata.stratum_code
),

final as (
    select
        populations.*,
        coalesce(samples.respondents, 0) as respondents,
        samples.mean_score,
        samples.score_variance,
        samples.share_positive
    from populations
    left join samples
        on
            populations.government_code = samples.government_code
            and populations.wave = samples.wave
            and populations.unit_level = samples.unit_level
            and populations.unit_code = samples.unit_code
            and populations.measure = samples.measure
            and populations.measure_code = samples.measure_code
            and populations.stratum_code = samples.stratum_code
)

select * from final
