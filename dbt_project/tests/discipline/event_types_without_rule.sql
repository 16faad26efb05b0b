{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'stg_event',
        'id': 'Kegiatan yang jenisnya tidak dikenal aturan event_types; tidak dihitung',
        'en': 'Events of a type without a row in the rule event_types; they are left out'
    }
) }}
-- One row per kind of event and day.
with events as (
    {{ live_rows('events') | indent(4) }}
)

select distinct
    events.government_code,
    events.event_date,
    events.event_type
from events
left join {{ source('raw', 'rule_event_types') }} as event_types
    on
        {{ in_force('event_types', 'events.government_code', 'events.event_date') }}
        and {{ bare_word('events.event_type') }} = {{ bare_word('event_types.event_type') }}
where event_types.event_type is null
