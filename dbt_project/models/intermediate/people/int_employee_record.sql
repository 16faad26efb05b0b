-- Spells of employees in units, from lists and from snapshots. Grain: government_code, nip,
-- valid_from. They may overlap, and name units that are not known yet: int_employee_spell settles
-- both. Of two records of one beginning the one delivered last counts. A unit is known by its code,
-- else by a name that only one unit has; else what was written stays, and waits.
with listed as (
    select * from {{ ref('stg_employee') }}
),

derived as (
    select * from {{ ref('int_snapshot_spell') }}
),

units as (
    select distinct
        government_code,
        unit_code
    from {{ ref('stg_unit') }}
),

unit_names as (
    select * from {{ ref('int_unit_name') }}
),

records as (
    select
        government_code,
        nip,
        valid_from,
        valid_to,
        unit_code,
        unit_code as unit_name,
        employee_type,
        position_type,
        delivery_number
    from listed
    union all
    select
        government_code,
        nip,
        valid_from,
        valid_to,
        unit_code,
        unit_name,
        employee_type,
        position_type,
        delivery_number
    from derived
),

ranked as (
    select
        *,
        row_number() over (
            partition by government_code, nip, valid_from order by delivery_number desc
        ) as age_rank
    from records
),

final as (
    select
        ranked.government_code,
        ranked.nip,
        ranked.valid_from,
        ranked.valid_to,
        coalesce(
            units.unit_code, unit_names.unit_code, ranked.unit_code, ranked.unit_name
        ) as unit_code,
        ranked.employee_type,
        ranked.position_type,
        ranked.delivery_number
    from ranked
    left join units
        on
            ranked.government_code = units.government_code
            and ranked.unit_code = units.unit_code
    left join unit_names
        on
            ranked.government_code = unit_names.government_code
            and {{ fold_text('ranked.unit_name') }} = unit_names.folded_name
    where ranked.age_rank = 1
)

select * from final
