-- What each respondent's answers come to, per measure. Grain: government_code, wave, file_sha256,
-- row_number, measure, measure_code.
-- measure `value`: mean of the answered items of the value, if at least half were answered.
-- measure `behaviour`: mean of the answered items of the behaviour.
-- measure `survey`: mean of the seven value scores, where all seven are there.
with answers as (
    select * from {{ ref('int_survey_answer') }}
),

respondents as (
    select * from {{ ref('int_respondent') }}
),

counted as (
    select
        respondents.opd_code,
        answers.*
    from answers
    inner join respondents
        on
            answers.government_code = respondents.government_code
            and answers.wave = respondents.wave
            and answers.file_sha256 = respondents.file_sha256
            and answers.row_number = respondents.row_number
),

by_behaviour as (
    select
        government_code,
        wave,
        opd_code,
        file_sha256,
        row_number,
        behaviour_code,
        avg(item_score) as score,
        count(*) as answers,
        sum(case when is_positive then 1 else 0 end) as positive_answers
    from counted
    group by government_code, wave, opd_code, file_sha256, row_number, behaviour_code
),

by_value as (
    select
        government_code,
        wave,
        opd_code,
        file_sha256,
        row_number,
        value_code,
        avg(item_score) as score,
        count(*) as answers
    from counted
    group by government_code, wave, opd_code, file_sha256, row_number, value_code
    having 2 * count(*) >= max(items_of_value)
),

by_survey as (
    select
        government_code,
        wave,
        opd_code,
        file_sha256,
        row_number,
        avg(score) as score,
        sum(answers) as answers
    from by_value
    group by government_code, wave, opd_code, file_sha256, row_number
    having count(*) = 7
),

final as (
    select
        government_code,
        wave,
        opd_code,
        file_sha256,
        row_number,
        'value' as measure,
        value_code as measure_code,
        score,
        answers,
        null as positive_answers
    from by_value
    union all
    select
        government_code,
        wave,
        opd_code,
        file_sha256,
        row_number,
        'behaviour' as measure,
        behaviour_code as measure_code,
        score,
        answers,
        positive_answers
    from by_behaviour
    union all
    select
        government_code,
        wave,
        opd_code,
        file_sha256,
        row_number,
        'survey' as measure,
        '' as measure_code,
        score,
        answers,
        null as positive_answers
    from by_survey
)

select * from final
