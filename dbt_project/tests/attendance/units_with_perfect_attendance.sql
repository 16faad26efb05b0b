{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_suspicion',
        'id': 'Seluruh unit hadir tanpa cela sebulan penuh',
        'en': 'A whole unit with perfect attendance for a month'
    }
) }}
-- One row per unit and month; the people are in restricted.suspicion.
select
    government_code,
    unit_code,
    {{ month_of('day') }} as month,
    count(distinct nip) as employees
from {{ ref('int_suspicion') }}
where suspicion_code = 'perfect_unit'
group by
    government_code,
    unit_code,
    {{ month_of('day') }}
