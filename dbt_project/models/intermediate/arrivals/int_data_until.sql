-- The last day with data: a punch or a survey submission, up to the run's date. Grain: one row.
with attendance as (
    {{ live_rows('attendance') | indent(4) }}
),

submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

days as (
    select cast(timestamp as date) as data_day from attendance
    union all
    select cast(submitted_at as date) as data_day from submissions
),

final as (
    select max(days.data_day) as data_until
    from days
    inner join run on days.data_day <= run.as_of_date
)

select * from final
