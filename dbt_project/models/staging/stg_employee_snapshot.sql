-- Where everybody was on the days of the snapshots. Grain: government_code, snapshot_date, nip.
-- Of several snapshots of one day the newest counts. `snapshot_number` is their order.
with people as (
    {{ live_rows('employee_snapshot') | indent(4) }}
),

newest as (
    select
        *,
        max(delivery_number) over (
            partition by government_code, snapshot_date
        ) as newest_delivery_number
    from people
),

final as (
    select
        government_code,
        snapshot_date,
        nip,
        name,
        unit_code,
        unit_name,
        employee_type,
        position_type,
        appointed_on,
        in_post_since,
        delivery_number,
        row_number,
        dense_rank() over (
            partition by government_code order by snapshot_date
        ) as snapshot_number
    from newest
    where delivery_number = newest_delivery_number
)

select * from final
