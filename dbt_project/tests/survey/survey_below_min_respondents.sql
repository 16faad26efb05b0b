{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'mart_survey',
    'id': 'Responden OPD belum mencapai jumlah paling sedikit; selama gelombang terbuka masih ada'
    ~ ' waktu',
    'en': 'The OPD has not reached its minimum number of respondents; while the wave is open'
    ~ ' there is still time',
}) }}
select
    survey.government_code,
    survey.unit_code,
    survey.wave,
    survey.respondents,
    waves.min_respondents
from {{ ref('mart_survey') }} as survey
inner join {{ ref('int_survey_wave') }} as waves
    on
        survey.government_code = waves.government_code
        and survey.wave = waves.wave
where
    survey.unit_level = 'opd'
    and survey.eligible > 0
    and survey.respondents < waves.min_respondents
