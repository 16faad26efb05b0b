{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'int_disclosure',
    'id': 'Baris yang disembunyikan tidak boleh berisi ukuran',
    'en': 'A hidden row must not hold a measure',
}) }}
select
    'mart_survey' as table_name,
    government_code,
    unit_code
from {{ ref('mart_survey') }}
where suppressed and coalesce(survey_score, margin_of_error) is not null
union all
select
    'mart_survey_value' as table_name,
    government_code,
    unit_code
from {{ ref('mart_survey_value') }}
where suppressed and coalesce(score, margin_of_error, cronbach_alpha) is not null
union all
select
    'mart_survey_behaviour' as table_name,
    government_code,
    unit_code
from {{ ref('mart_survey_behaviour') }}
where suppressed and coalesce(score, share_positive) is not null
union all
select
    'mart_discipline' as table_name,
    government_code,
    unit_code
from {{ ref('mart_discipline') }}
where
    suppressed
    and coalesce(discipline_score, presence_rate, apel_rate, absence_day_equivalents) is not null
union all
select
    'mart_ip_asn' as table_name,
    government_code,
    unit_code
from {{ ref('mart_ip_asn') }}
where
    suppressed
    and coalesce(ip_asn_score, kualifikasi, kompetensi, kinerja, disiplin) is not null
union all
select
    'mart_culture_score' as table_name,
    government_code,
    unit_code
from {{ ref('mart_culture_score') }}
where suppressed and culture_score is not null
