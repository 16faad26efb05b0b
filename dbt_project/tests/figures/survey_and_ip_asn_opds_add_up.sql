{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'mart_survey',
    'id': 'Jumlah responden, yang berhak, pegawai dan yang berskor seluruh OPD harus sama dengan'
    ~ ' angka pemerintah daerahnya',
    'en': 'Respondents, eligible, employees and scored of all OPDs must add up to the government',
}) }}
with counts as (
    select
        government_code,
        unit_level,
        'survey' as family,
        wave as period,
        respondents as measured,
        eligible as population
    from {{ ref('mart_survey') }}
    union all
    select
        government_code,
        unit_level,
        'ip_asn' as family,
        cast(year as varchar) as period,
        scored as measured,
        employees as population
    from {{ ref('mart_ip_asn') }}
),

signed as (
    select
        government_code,
        family,
        period,
        case when unit_level = 'opd' then measured else -measured end as measured,
        case when unit_level = 'opd' then population else -population end as population
    from counts
)

select
    government_code,
    family,
    period
from signed
group by government_code, family, period
having sum(measured) != 0 or sum(population) != 0
