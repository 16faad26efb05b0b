-- Where each employee serves, day by day. Grain: government_code, nip, valid_from.
-- Of overlapping spells of one NIP the one that began later counts, and the earlier one resumes
-- after it; a spell in a unit that is not known yet waits. A spell is cut where its unit's OPD
-- changes, so that one row has one OPD.
with employees as (
    select * from {{ ref('int_employee_record') }}
),

unit_opds as (
    select * from {{ ref('int_unit_opd') }}
),

known as (
    select *
    from employees
    where
        exists (
            select 1
            from unit_opds
            where
                unit_opds.government_code = employees.government_code
                and unit_opds.unit_code = employees.unit_code
        )
),

spells as (
    {{ flatten_spells(
        'known', ['government_code', 'nip'], ['unit_code', 'employee_type', 'position_type']
    ) | indent(4) }}
),

final as (
    select
        spells.government_code,
        spells.nip,
        greatest(spells.valid_from, unit_opds.valid_from) as valid_from,
        least(spells.valid_to, unit_opds.valid_to) as valid_to,
        spells.unit_code,
        unit_opds.opd_code,
        spells.employee_type,
        spells.position_type
    from spells
    inner join unit_opds
        on
            spells.government_code = unit_opds.government_code
            and spells.unit_code = unit_opds.unit_code
            and spells.valid_from <= unit_opds.valid_to
            and spells.valid_to >= unit_opds.valid_from
)

select * from final
