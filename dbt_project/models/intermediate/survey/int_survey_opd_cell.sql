-- How many people are behind each figure of an OPD. Grain: government_code, wave, opd_code,
-- measure, measure_code. Measure `respondent` counts those with at least one value score.
with scores as (
    select * from {{ ref('int_respondent_score') }}
),

final as (
    select
        government_code,
        wave,
        opd_code,
        measure,
        measure_code,
        count(*) as people
    from scores
    group by government_code, wave, opd_code, measure, measure_code
    union all
    select
        government_code,
        wave,
        opd_code,
        'respondent' as measure,
        '' as measure_code,
        count(distinct submission_id) as people
    from scores
    where measure = 'value'
    group by government_code, wave, opd_code
)

select * from final
