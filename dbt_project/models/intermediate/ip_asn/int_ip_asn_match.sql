-- Which employee an IP-ASN row without nip is about. Grain: government_code, year, delivery_number,
-- row_number.
-- It is the one employee of that name who served in its unit, or in a unit below it, in that year;
-- where two could be meant, or the file has the name twice in that unit, the row waits.
with delivered as (
    select
        *,
        {{ fold_person('person_name') }} as folded_name,
        {{ fold_text('unit_name') }} as folded_unit
    from {{ ref('stg_ip_asn') }}
    where nip is null
),

told_once as (
    select
        government_code,
        year,
        delivery_number,
        folded_name,
        folded_unit,
        min(row_number) as row_number
    from delivered
    group by government_code, year, delivery_number, folded_name, folded_unit
    having count(*) = 1
),

unit_names as (
    select * from {{ ref('int_unit_name') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

employee_names as (
    select
        government_code,
        nip,
        {{ fold_person('name') }} as folded_name
    from {{ ref('stg_employee') }}
    union
    select
        government_code,
        nip,
        {{ fold_person('name') }} as folded_name
    from {{ ref('stg_employee_snapshot') }}
),

final as (
    select
        told_once.government_code,
        told_once.year,
        told_once.delivery_number,
        told_once.row_number,
        min(spells.nip) as nip
    from told_once
    inner join unit_names
        on
            told_once.government_code = unit_names.government_code
            and told_once.folded_unit = unit_names.folded_name
    inner join employee_names
        on
            told_once.government_code = employee_names.government_code
            and told_once.folded_name = employee_names.folded_name
    inner join spells
        on
            employee_names.government_code = spells.government_code
            and employee_names.nip = spells.nip
            and unit_names.unit_code in (spells.unit_code, spells.opd_code)
            and spells.valid_from <= cast(told_once.year || '-12-31' as date)
            and spells.valid_to >= cast(told_once.year || '-01-01' as date)
    group by
        told_once.government_code,
        told_once.year,
        told_once.delivery_number,
        told_once.row_number
    having count(distinct spells.nip) = 1
)

select * from final
