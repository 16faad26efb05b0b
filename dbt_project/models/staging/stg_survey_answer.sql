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
            answers.delivery_id = submissions.delivery_id
            and answers.row_number = submissions.row_number
)

select * from final
