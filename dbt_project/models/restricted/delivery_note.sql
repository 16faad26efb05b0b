-- What was not read, or decided, when each loaded delivery was read, for `budaya trace`.
-- Grain: government_code, source, period, file_sha256.
with deliveries as (
    select * from {{ source('raw', 'delivery') }}
),

final as (
    select
        government_code,
        source,
        period,
        file_sha256,
        notes
    from deliveries
    where outcome = 'loaded'
)

select * from final
