{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_suspicion',
        'id': 'Lima orang atau lebih pada satu mesin dalam detik yang sama',
        'en': 'Five or more people at one device in the same second'
    }
) }}
-- One row per unit and month; the people are in restricted.suspicion.
select
    government_code,
    unit_code,
    {{ month_of('day') }} as month,
    count(distinct nip) as employees
from {{ ref('int_suspicion') }}
where suspicion_code = 'same_second'
group by
    government_code,
    unit_code,
    {{ month_of('day') }}
