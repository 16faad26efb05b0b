{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_suspicion',
        'id': 'Rekaman hadir setelah masa tugas berakhir',
        'en': 'Punches after service ended'
    }
) }}
-- One row per unit and month; the people are in restricted.suspicion.
select
    government_code,
    unit_code,
    {{ month_of('day') }} as month,
    count(distinct nip) as employees
from {{ ref('int_suspicion') }}
where suspicion_code = 'after_service'
group by
    government_code,
    unit_code,
    {{ month_of('day') }}
