-- Cronbach's alpha of each value. Grain: government_code, wave, unit_level, unit_code, value_code.
-- Over the item scores of the respondents who answered all items of the value; the government's
-- over all its respondents, unweighted.
with answers as (
    select * from {{ ref('int_survey_answer') }}
),

respondents as (
    select * from {{ ref('int_respondent') }}
),

counted as (
    select
        answers.government_code,
        answers.wave,
        respondents.opd_code,
        answers.submission_id,
        answers.value_code,
        answers.item,
        answers.item_score as score,
        answers.items_of_value as item_count
    from answers
    inner join respondents on answers.submission_id = respondents.submission_id
),

complete as (
    {{ complete_answers('counted', ['value_code'], ['submission_id']) | indent(4) }}
),

by_unit as (
    select
        *,
        'opd' as unit_level,
        opd_code as unit_code
    from complete
    union all
    select
        *,
        'government' as unit_level,
        government_code as unit_code
    from complete
),

final as (
    {{ cronbach_alpha_by(
        'by_unit', ['government_code', 'wave', 'unit_level', 'unit_code', 'value_code']
    ) | indent(4) }}
)

select * from final
