-- On which days a missing punch of an employee can mean something.
-- Grain: government_code, nip, valid_from; spells of one employee don't overlap.
-- Rule: enrolled is who has a PIN valid that day, or has ever punched.
with punch_days as (
    select * from {{ ref('int_punch_day') }}
),

devices as (
    select * from {{ ref('stg_device') }}
),

punchers as (
    select distinct
        government_code,
        nip
    from punch_days
),

pin_holders as (
    select distinct
        devices.government_code,
        devices.nip,
        devices.valid_from,
        devices.valid_to
    from devices
    left join punchers
        on
            devices.government_code = punchers.government_code
            and devices.nip = punchers.nip
    where punchers.nip is null
),

final as (
    select
        government_code,
        nip,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from punchers
    union all
    {{ flatten_spells('pin_holders', ['government_code', 'nip'], []) | indent(4) }}
)

select * from final
