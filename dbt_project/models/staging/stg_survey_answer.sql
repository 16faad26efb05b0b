-- The answers of the submissions that count. Grain: government_code, wave, file_sha256,
-- row_number, item.
with answers as (
    select * from {{ source('raw', 'survey_answer') }}
),

submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

final as (
    select
        answers.government_code,
        answers.period as wave,
        answers.file_sha256,
        answers.row_number,
        answers.item,
        answers.answer
    from answers
    inner join submissions
        on
            answers.government_code = submissions.government_code
            and answers.period = submissions.wave
            and answers.file_sha256 = submissions.file_sha256
            and answers.row_number = submissions.row_number
)

select * from final
