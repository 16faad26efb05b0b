-- Which PIN on which device is whose, as last told.
-- Grain: government_code, device_id, pin, valid_from. `device_id` is '' for every device.
with devices as (
    {{ current_rows('devices', ['device_id', 'pin', 'valid_from']) | indent(4) }}
),

final as (
    select
        government_code,
        coalesce(device_id, '') as device_id,
        pin,
        nip,
        delivery_number,
        row_number,
        {{ open_from('valid_from') }} as valid_from,
        {{ open_to('valid_to') }} as valid_to
    from devices
)

select * from final
