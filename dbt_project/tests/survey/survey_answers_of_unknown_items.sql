{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_survey_answer',
    'id': 'Butir survei yang bukan kode perilaku dan tidak ada di berkas instrumen tidak dihitung',
    'en': 'Survey items that are neither a behaviour code nor in the instrument file are not'
    ~ ' counted',
}) }}
select
    answers.government_code,
    answers.wave
from {{ ref('stg_survey_answer') }} as answers
left join {{ ref('int_survey_item') }} as items
    on
        answers.government_code = items.government_code
        and answers.wave = items.wave
        and answers.item = items.item
where items.item is null
group by answers.government_code, answers.wave, answers.item
