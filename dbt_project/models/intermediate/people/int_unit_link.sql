-- Which unit stands above a unit, day by day: its parent, or, after it has ended, its successor.
-- Grain: government_code, unit_code, valid_from; spells of one unit don't overlap.
-- `upper_unit_code` is NULL for an OPD.
with units as (
    select * from {{ ref('stg_unit') }}
),

spells as (
    {{ flatten_spells(
        'units', ['government_code', 'unit_code'], ['parent_unit_code', 'successor_unit_code']
    ) | indent(4) }}
),

ends as (
    select
        government_code,
        unit_code,
        successor_unit_code,
        {{ add_days('valid_to', 1) }} as valid_from,
        coalesce(
            {{ add_days('lead(valid_from) over (
                partition by government_code, unit_code order by valid_from
            )', -1) }},
            date '9999-12-31'
        ) as valid_to
    from spells
),

final as (
    select
        government_code,
        unit_code,
        parent_unit_code as upper_unit_code,
        valid_from,
        valid_to
    from spells
    union all
    select
        government_code,
        unit_code,
        successor_unit_code as upper_unit_code,
        valid_from,
        valid_to
    from ends
    where
        successor_unit_code is not null
        and valid_from <= valid_to
)

select * from final
