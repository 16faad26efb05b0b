{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_suspicion',
        'id': 'Rekaman hadir pada hari cuti atau izin',
        'en': 'Punches on days that leave excuses'
    }
) }}
-- One row per unit and month; the people are in restricted.suspicion.
select
    government_code,
    unit_code,
    {{ month_of('day') }} as month,
    count(distinct nip) as employees
from {{ ref('int_suspicion') }}
where suspicion_code = 'on_leave'
group by
    government_code,
    unit_code,
    {{ month_of('day') }}
