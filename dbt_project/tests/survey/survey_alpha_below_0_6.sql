{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'mart_survey_value',
    'id': 'Alfa Cronbach di bawah 0,6: butir-butir nilai ini tidak mengukur hal yang sama',
    'en': 'Cronbach\'s alpha below 0.6: the items of this value do not measure one thing',
}) }}
select
    government_code,
    unit_level,
    unit_code,
    wave,
    value_code,
    cronbach_alpha
from {{ ref('mart_survey_value') }}
where cronbach_alpha < 0.6
