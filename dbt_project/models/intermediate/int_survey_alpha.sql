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
        answers.file_sha256,
        answers.row_number,
        answers.value_code,
        answers.item,
        answers.item_score as score,
        answers.items_of_value as item_count
    from answers
    inner join respondents
        on
            answers.government_code = respondents.government_code
            and answers.wave = respondents.wave
            and answers.file_sha256 = respondents.file_sha256
            and answers.row_number = respondents.row_number
),

by_unit as (
    select
        *,
        'opd' as unit_level,
        opd_code as unit_code
    from counted
    union all
    select
        *,
        'government' as unit_level,
        government_code as unit_code
    from counted
),

final as (
    {{ cronbach_alpha_by(
        'by_unit',
        ['government_code', 'wave', 'unit_level', 'unit_code', 'value_code'],
        ['file_sha256', 'row_number']
    ) | indent(4) }}
)

select * from final
