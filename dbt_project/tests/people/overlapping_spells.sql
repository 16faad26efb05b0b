{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_employee_record',
        'id': 'Masa tugas satu NIP yang tumpang tindih; yang mulai belakangan dipakai',
        'en': 'Overlapping spells of one NIP; the one that began later counts'
    }
) }}
-- One row per spell that a later one cuts into.
with spells as (
    select
        government_code,
        unit_code,
        valid_to,
        lead(valid_from) over (
            partition by government_code, nip order by valid_from
        ) as next_valid_from
    from {{ ref('int_employee_record') }}
)

select
    government_code,
    unit_code
from spells
where valid_to >= next_valid_from
