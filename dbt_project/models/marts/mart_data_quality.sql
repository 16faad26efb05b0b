{{ config(materialized='view') }}
-- The result of every check of every run. Grain: run_id, check_id. A view, because results come in
-- after the models were built.
with results as (
    select * from {{ source('raw', 'check_result') }}
),

final as (
    select
        run_id,
        check_id,
        stage,
        subject,
        check_name,
        severity,
        outcome,
        observed,
        expected,
        failing_rows,
        checked_at
    from results
)

select * from final
