{{ config(materialized='view') }}
-- What waits, by file: for the sender who can tell what it is.
-- Grain: kind, government_code, source, file_sha256, awaited, device_id.
-- Personal: it goes to the private folder `returns/` and to nobody else. `row_numbers` are the
-- first twenty; NULL where the whole file is meant.
with awaited as (
    select * from {{ ref('int_awaited') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by kind, government_code, source, file_sha256, awaited, device_id
            order by row_number
        ) as row_rank,
        count(*) over (
            partition by kind, government_code, source, file_sha256, awaited, device_id
        ) as rows_waiting
    from awaited
),

final as (
    select
        kind,
        government_code,
        source,
        period,
        file_sha256,
        awaited,
        device_id,
        rows_waiting,
        {{ list_in_order('row_number', 'row_number') }} as row_numbers
    from ranked
    where row_rank <= 20
    group by
        kind,
        government_code,
        source,
        period,
        file_sha256,
        awaited,
        device_id,
        rows_waiting
)

select * from final
