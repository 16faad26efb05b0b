-- The submission of each respondent that counts. Grain: submission_id; also government_code,
-- wave, file_sha256, row_number.
-- Of several submissions of one respondent the last submitted_at counts, of equal ones the newer
-- row. Without respondent_id a row is one with the row that has the same contents and is the same
-- how-manyeth of its kind in another file.
-- submission_id is a short key for tonight's joins; it is published nowhere.
with submissions as (
    {{ live_rows('survey') | indent(4) }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by
                government_code,
                period,
                respondent_id,
                case when respondent_id is null then row_digest end,
                case when respondent_id is null then occurrence end
            order by submitted_at desc, delivery_number desc, row_number desc
        ) as recency_rank
    from submissions
),

final as (
    select
        row_number() over (
            order by government_code, period, delivery_number, row_number
        ) as submission_id,
        government_code,
        period as wave,
        delivery_id,
        file_sha256,
        row_number,
        submitted_at,
        unit_code as unit_as_written,
        coalesce(respondent_id, row_digest || ' ' || occurrence) as respondent
    from ranked
    where recency_rank = 1
)

select * from final
