{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_respondent',
    'id': 'Jawaban survei yang masuk dari unit yang belum dikenal menunggu dan belum dihitung',
    'en': 'Survey submissions whose unit is not known yet wait and are not counted',
}) }}
select
    submissions.government_code,
    submissions.wave
from {{ ref('stg_survey_submission') }} as submissions
left join {{ ref('int_survey_unit_match') }} as matches
    on
        submissions.government_code = matches.government_code
        and submissions.wave = matches.wave
        and submissions.unit_as_written = matches.unit_as_written
where matches.opd_code is null
