-- Units as last told, one row per spell of a unit. Grain: government_code, unit_code, valid_from.
-- An empty parent marks an OPD; open ends of the validity are 1900-01-01 and 9999-12-31.
with units as (
    {{ current_rows('units', ['unit_code', 'valid_from']) | indent(4) }}
),

final as (
    select
        government_code,
        unit_code,
        unit_name,
        unit_type,
        parent_unit_code,
        successor_unit_code,
        {{ open_from('valid_from') }} as valid_from,
        {{ open_to('valid_to') }} as valid_to,
        file_sha256,
        row_number
    from units
)

select * from final
