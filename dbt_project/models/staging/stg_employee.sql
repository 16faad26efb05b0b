-- Spells of employees in units, as lists last told them. Grain: government_code, nip, valid_from.
-- The unit is as written, a code or a name: int_employee_record settles that.
with employees as (
    {{ current_rows('employees', ['nip', 'valid_from']) | indent(4) }}
),

final as (
    select
        government_code,
        nip,
        name,
        unit_code,
        employee_type,
        position_type,
        delivery_number,
        row_number,
        {{ open_from('valid_from') }} as valid_from,
        {{ open_to('valid_to') }} as valid_to
    from employees
)

select * from final
