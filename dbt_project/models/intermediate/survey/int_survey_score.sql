-- Every figure of the survey with its margin, whether it may be shown or not. Grain:
-- government_code, wave, unit_level, unit_code, measure, measure_code.
-- Score = sum of N * score / sum of N over the strata; margin of error = 1.96 * the root of the
-- sum of W^2 * s^2 / n * f. Of measure `survey` only the margin is used.
with strata as (
    select * from {{ ref('int_survey_stratum_score') }}
),

final as (
    select
        government_code,
        wave,
        unit_level,
        unit_code,
        measure,
        measure_code,
        sum(respondents) as respondents,
        {{ stratified_mean('weight', 'mean_score') }} as score,
        {{ margin_of_error(
            stratified_standard_error(
                'weight',
                'respondents',
                'score_variance',
                finite_population_correction('respondents', 'eligible')
            )
        ) }} as margin_of_error,
        {{ stratified_mean('weight', 'share_positive') }} as share_positive
    from strata
    group by government_code, wave, unit_level, unit_code, measure, measure_code
)

select * from final
