{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'mart_culture_score',
    'id': 'Bobot ketiga komponen skor budaya harus ada dan berjumlah satu',
    'en': 'The weights of the three components of the culture score must be there and make one',
}) }}
select
    government_code,
    month
from {{ ref('int_culture_weight') }}
where
    coalesce(
        round(survey_weight + discipline_weight + ip_asn_weight, 9) != 1, true
    )
