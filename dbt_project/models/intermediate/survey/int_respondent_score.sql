-- What each respondent's answers come to, per measure. Grain: submission_id, measure,
-- measure_code.
-- measure `behaviour`: mean of the answered items of the behaviour.
-- measure `value`: mean of the answered items of the value, if at least half were answered.
-- measure `survey`: mean of the seven value scores, where all seven are there.
with answers as (
    select * from {{ ref('int_survey_answer') }}
),

respondents as (
    select * from {{ ref('int_respondent') }}
),

by_behaviour as (
    select
        submission_id,
        behaviour_code,
        max(value_code) as value_code,
        max(items_of_value) as items_of_value,
        {{ steady_sum('item_score') }} as item_scores,
        count(*) as answers,
        sum(case when is_positive then 1 else 0 end) as positive_answers
    from answers
    group by submission_id, behaviour_code
),

by_value as (
    select
        submission_id,
        value_code,
        {{ steady_sum('item_scores') }} / sum(answers) as score
    from by_behaviour
    group by submission_id, value_code
    having 2 * sum(answers) >= max(items_of_value)
),

by_survey as (
    select
        submission_id,
        {{ steady_mean('score') }} as score
    from by_value
    group by submission_id
    having count(*) = 7
),

measures as (
    select
        submission_id,
        'behaviour' as measure,
        behaviour_code as measure_code,
        item_scores / answers as score,
        answers,
        positive_answers
    from by_behaviour
    union all
    select
        submission_id,
        'value' as measure,
        value_code as measure_code,
        score,
        null as answers,
        null as positive_answers
    from by_value
    union all
    select
        submission_id,
        'survey' as measure,
        '' as measure_code,
        score,
        null as answers,
        null as positive_answers
    from by_survey
),

final as (
    select
        measures.submission_id,
        respondents.government_code,
        respondents.wave,
        respondents.opd_code,
        measures.measure,
        measures.measure_code,
        measures.score,
        measures.answers,
        measures.positive_answers
    from measures
    inner join respondents on measures.submission_id = respondents.submission_id
)

select * from final
