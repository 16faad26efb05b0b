-- Duty rosters, as last told. Grain: government_code, nip, day.
-- Start and end are both empty on a day off; an end not after the start is on the next day.
with rosters as (
    {{ current_rows('rosters', ['nip', 'date']) | indent(4) }}
),

final as (
    select
        government_code,
        nip,
        date as day,
        start_time,
        end_time,
        delivery_number,
        row_number
    from rosters
)

select * from final
