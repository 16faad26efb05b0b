-- Leave and duty elsewhere, as last told. Grain: government_code, nip, date_from.
with leave as (
    {{ current_rows('leave', ['nip', 'date_from']) | indent(4) }}
),

final as (
    select
        government_code,
        nip,
        date_from,
        {{ open_to('date_to') }} as date_to,
        leave_type,
        delivery_id,
        delivery_number,
        row_number
    from leave
)

select * from final
