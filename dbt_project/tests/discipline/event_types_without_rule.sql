{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'stg_event',
        'id': 'Kegiatan yang jenisnya tidak dikenal aturan event_types; tidak dihitung',
        'en': 'Events of a type without a row in the rule event_types; they are left out'
    }
) }}
-- One row per kind of event and file.
select
    government_code,
    file_sha256,
    awaited as event_type
from {{ ref('int_awaited') }}
where kind = 'event_type'
group by
    government_code,
    file_sha256,
    awaited
