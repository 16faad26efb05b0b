{{ config(materialized='view') }}
-- Punches by employee. Grain: a row of an attendance file; not yet freed of repeats.
-- A device's PIN becomes a NIP by the mapping of that device and day, else by the one for every
-- device; `nip` is NULL where the mapping is not known yet, and the punch waits.
-- A view: read once, by an aggregate. Written out first it cost half as much again.
with attendance as (
    {{ live_rows('attendance') | indent(4) }}
),

pins as (
    select * from {{ ref('int_pin_spell') }}
),

final as (
    select
        attendance.government_code,
        coalesce(attendance.nip, device_pins.nip, common_pins.nip) as nip,
        attendance.device_id,
        attendance.pin,
        attendance.timestamp as punched_at,
        attendance.delivery_id,
        attendance.row_number
    from attendance
    left join pins as device_pins
        on
            attendance.government_code = device_pins.government_code
            and attendance.pin = device_pins.pin
            and attendance.device_id = device_pins.device_id
            and cast(attendance.timestamp as date)
            between device_pins.valid_from and device_pins.valid_to
    left join pins as common_pins
        on
            attendance.government_code = common_pins.government_code
            and attendance.pin = common_pins.pin
            and common_pins.device_id = ''
            and cast(attendance.timestamp as date)
            between common_pins.valid_from and common_pins.valid_to
)

select * from final
