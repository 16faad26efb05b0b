{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_respondent',
    'id': 'Jawaban survei yang masuk di luar skala instrumen yang datang kemudian tidak dihitung',
    'en': 'Survey submissions with an answer off the scale of an instrument that came later are'
    ~ ' not counted',
}) }}
select
    government_code,
    wave
from {{ ref('int_survey_answer') }}
where is_off_scale
group by government_code, wave, submission_id
