-- Tonight's run. Grain: one row.
-- `as_of_date` is the local date on which the run began; nothing else asks the clock.
with runs as (
    select * from {{ source('raw', 'run') }}
),

final as (
    select
        run_id,
        started_at,
        as_of_date,
        code_version,
        rules_sha256,
        published_at
    from runs
    where is_current
)

select * from final
