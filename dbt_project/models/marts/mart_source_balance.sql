{{ config(materialized='view') }}
-- What became of the rows of every delivery, in the run that decided it. Grain: run_id,
-- government_code, source, period, file_sha256. rows_read = rows_loaded + rows_quarantined
-- + rows_duplicate.
with balance as (
    select * from {{ source('raw', 'balance') }}
),

final as (
    select
        run_id,
        government_code,
        source,
        period,
        file_sha256,
        file_name,
        layout,
        outcome,
        reason_code,
        rows_read,
        rows_loaded,
        rows_quarantined,
        rows_duplicate,
        rows_skipped,
        received_at
    from balance
)

select * from final
