{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_unit_opd',
        'id': 'Unit yang disebut tetapi belum dikenal atau belum sampai ke OPD; barisnya menunggu',
        'en': 'Units that are named but not known, or lead to no OPD yet; their rows wait'
    }
) }}
-- One row per place that names it and unit.
with named as (
    select
        'employees' as named_in,
        government_code,
        unit_code
    from {{ ref('int_employee_record') }}
    union
    select
        'units' as named_in,
        government_code,
        parent_unit_code as unit_code
    from {{ ref('stg_unit') }}
    union
    select
        'units' as named_in,
        government_code,
        successor_unit_code as unit_code
    from {{ ref('stg_unit') }}
    union
    select
        'events' as named_in,
        government_code,
        nullif(scope_unit_code, '') as unit_code
    from {{ ref('stg_event') }}
),

known as (
    select distinct
        government_code,
        unit_code
    from {{ ref('int_unit_opd') }}
)

select
    named.named_in,
    named.government_code,
    named.unit_code
from named
left join known
    on
        named.government_code = known.government_code
        and named.unit_code = known.unit_code
where
    named.unit_code is not null
    and known.unit_code is null
