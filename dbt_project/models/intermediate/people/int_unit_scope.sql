-- The units that a unit spans, day by day: itself and all below it.
-- Grain: government_code, scope_unit_code, unit_code, valid_from.
-- An event that is called for a unit requires the people of every unit in its scope.
with recursive links as (
    select * from {{ ref('int_unit_link') }}
),

-- Units that lead up to an OPD only: among them there is no circle.
units as (
    select * from {{ ref('int_unit_opd') }}
),

final as (
    select
        government_code,
        unit_code as scope_unit_code,
        unit_code,
        valid_from,
        valid_to
    from units
    union all
    select
        links.government_code,
        upper_unit.scope_unit_code,
        links.unit_code,
        greatest(links.valid_from, upper_unit.valid_from) as valid_from,
        least(links.valid_to, upper_unit.valid_to) as valid_to
    from links
    inner join final as upper_unit
        on
            links.government_code = upper_unit.government_code
            and links.upper_unit_code = upper_unit.unit_code
            and links.valid_from <= upper_unit.valid_to
            and links.valid_to >= upper_unit.valid_from
)

select * from final
