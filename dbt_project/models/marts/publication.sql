{{ config(materialized='view') }}
-- What this publication is. Grain: one row.
-- A view over raw.run, because the hour of publishing is known after the models were built.
with runs as (
    select * from {{ source('raw', 'run') }}
),

data_days as (
    select * from {{ ref('int_data_until') }}
),

final as (
    select
        runs.run_id,
        runs.published_at,
        runs.as_of_date,
        data_days.data_until,
        runs.code_version,
        runs.rules_sha256
    from runs
    cross join data_days
    where runs.is_current
)

select * from final
