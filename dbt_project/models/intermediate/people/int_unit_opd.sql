-- The OPD that a unit belongs to, day by day: the top of the tree above it. An OPD is its own.
-- Grain: government_code, unit_code, valid_from; spells of one unit don't overlap.
-- After a unit has ended it is the OPD of its successor. A unit whose parent is not known yet
-- has no row and waits.
with recursive links as (
    select * from {{ ref('int_unit_link') }}
),

-- From the top down. A unit has one upper unit a day, so that nothing below an OPD can be a
-- circle, and the recursion ends.
final as (
    select
        government_code,
        unit_code,
        unit_code as opd_code,
        valid_from,
        valid_to
    from links
    where upper_unit_code is null
    union all
    select
        links.government_code,
        links.unit_code,
        upper_unit.opd_code,
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
