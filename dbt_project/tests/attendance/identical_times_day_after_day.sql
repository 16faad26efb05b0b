{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_suspicion',
        'id': 'Jam masuk dan pulang sama sampai detiknya, lima hari atau lebih berturut-turut',
        'en': 'In and out at identical seconds, five or more days in a row'
    }
) }}
-- One row per unit and month; the people are in restricted.suspicion.
select
    government_code,
    unit_code,
    {{ month_of('day') }} as month,
    count(distinct nip) as employees
from {{ ref('int_suspicion') }}
where suspicion_code = 'identical_times'
group by
    government_code,
    unit_code,
    {{ month_of('day') }}
