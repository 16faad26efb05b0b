{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'int_employee_spell',
        'id': 'Seorang pegawai bertugas di satu unit saja pada satu hari',
        'en': 'An employee serves in one unit on one day'
    }
) }}
-- One row per spell that runs into the next one of the same employee.
with spells as (
    select
        government_code,
        unit_code,
        valid_to,
        lead(valid_from) over (
            partition by government_code, nip order by valid_from
        ) as next_valid_from
    from {{ ref('int_employee_spell') }}
)

select
    government_code,
    unit_code
from spells
where valid_to >= next_valid_from
