-- Spells of employees in units, as last told. Grain: government_code, nip, valid_from.
-- They may overlap, and name units that are not known yet: int_employee_spell settles both.
with employees as (
    {{ current_rows('employees', ['nip', 'valid_from']) | indent(4) }}
),

final as (
    select
        government_code,
        nip,
        unit_code,
        employee_type,
        position_type,
        {{ open_from('valid_from') }} as valid_from,
        {{ open_to('valid_to') }} as valid_to
    from employees
)

select * from final
