{{ config(severity='warn', meta={
    'severity': 'info',
    'subject': 'int_respondent',
    'id': 'Responden yang menjawab semua butir dengan titik yang sama; dihitung seperti yang lain',
    'en': 'Respondents who answered every item with the same point; counted like all others',
}) }}
select
    government_code,
    wave
from {{ ref('int_respondent') }}
where is_straight_lining
