-- The answers of the submissions that count. Grain: submission_id, item.
with answers as (
    select * from {{ source('raw', 'survey_answer') }}
),

submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

final as (
    select
        submissions.submission_id,
        submissions.government_code,
        submissions.wave,
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
