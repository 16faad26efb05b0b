{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_survey_answer',
    'id': 'Butir survei yang bukan kode perilaku dan tidak ada di berkas instrumen tidak dihitung',
    'en': 'Survey items that are neither a behaviour code nor in the instrument file are not'
    ~ ' counted',
}) }}
-- One row per wave and item.
select
    government_code,
    period as wave
from {{ ref('int_awaited') }}
where kind = 'item'
group by
    government_code,
    period,
    awaited
