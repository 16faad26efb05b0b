{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'mart_survey',
    'id': 'Responden tidak mungkin lebih banyak daripada pegawai yang berhak mengisi; marginnya'
    ~ ' dihitung nol',
    'en': 'There can not be more respondents than eligible people; their margin counts as zero',
}) }}
select
    government_code,
    unit_level,
    unit_code,
    wave,
    respondents,
    eligible
from {{ ref('mart_survey') }}
where respondents > eligible
