-- Five or more people punched at one device in the same second: somebody punched for the others.
-- Grain: government_code, nip, day.
with attendance as (
    {{ live_rows('attendance') | indent(4) }}
),

punches as (
    select * from {{ ref('int_punch') }}
),

-- Found before PINs become people: only these moments are looked at closely.
crowded_seconds as (
    select
        government_code,
        device_id,
        timestamp
    from attendance
    where device_id is not null
    group by government_code, device_id, timestamp
    having count(distinct coalesce(nip, pin)) >= 5
),

final as (
    select distinct
        punches.government_code,
        punches.nip,
        cast(punches.punched_at as date) as day
    from punches
    inner join crowded_seconds
        on
            punches.government_code = crowded_seconds.government_code
            and punches.device_id = crowded_seconds.device_id
            and punches.punched_at = crowded_seconds.timestamp
    where punches.nip is not null
)

select * from final
