{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_respondent',
    'id': 'Jawaban survei yang masuk dari unit yang belum dikenal menunggu dan belum dihitung',
    'en': 'Survey submissions whose unit is not known yet wait and are not counted',
}) }}
select
    government_code,
    period as wave
from {{ ref('int_awaited') }}
where
    kind = 'unit'
    and source = 'survey'
