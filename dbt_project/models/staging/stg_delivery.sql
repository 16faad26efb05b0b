-- The deliveries whose rows count: loaded, of a government that the rules name, and not taken back
-- as a whole.
-- Grain: delivery_id; also government_code, source, period, file_sha256.
-- `delivery_number` is their order by modification time when first seen, then path:
-- *newer* and *last* mean this order everywhere.
with deliveries as (
    select * from {{ source('raw', 'delivery') }}
),

governments as (
    select * from {{ ref('stg_government') }}
),

withdrawn as (
    select *
    from {{ ref('stg_withdrawal') }}
    where row_number is null
),

final as (
    select
        deliveries.delivery_id,
        deliveries.government_code,
        deliveries.source,
        deliveries.period,
        deliveries.file_sha256,
        deliveries.modified_at,
        row_number() over (
            order by
                deliveries.modified_at,
                deliveries.path,
                deliveries.government_code,
                deliveries.source,
                deliveries.period,
                deliveries.file_sha256
        ) as delivery_number
    from deliveries
    inner join governments on deliveries.government_code = governments.government_code
    left join withdrawn
        on
            deliveries.government_code = withdrawn.government_code
            and deliveries.file_sha256 = withdrawn.file_sha256
    where
        deliveries.outcome = 'loaded'
        and withdrawn.file_sha256 is null
)

select * from final
