-- Whose punches a PIN's are, day by day. Grain: government_code, device_id, pin, valid_from.
-- Of overlapping mappings of one PIN the one that began later counts. `device_id` is '' where
-- the mapping holds for every device that has none of its own for that PIN.
with devices as (
    select * from {{ ref('stg_device') }}
),

final as (
    {{ flatten_spells('devices', ['government_code', 'device_id', 'pin'], ['nip']) | indent(4) }}
)

select * from final
