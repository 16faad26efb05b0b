-- People recorded at events that count as apel by the rule of that day.
-- Grain: government_code, event_date, event_type, scope_unit_code, nip.
-- `event_type` is the word as it is compared, however a list writes it.
-- `scope_unit_code` is '' where the whole government was called.
with events as (
    {{ current_rows(
        'events', ['event_date', 'event_type', 'scope_unit_code', 'nip'], words=['event_type']
    ) | indent(4) }}
),

event_types as (
    select * from {{ source('raw', 'rule_event_types') }}
),

final as (
    select
        events.government_code,
        events.event_date,
        {{ bare_word('events.event_type') }} as event_type,
        coalesce(events.scope_unit_code, '') as scope_unit_code,
        events.nip,
        events.file_sha256,
        events.row_number
    from events
    where
        exists (
            select 1
            from event_types
            where
                {{ in_force('event_types', 'events.government_code', 'events.event_date') }}
                and {{ bare_word('event_types.event_type') }} = {{ bare_word('events.event_type') }}
                and event_types.counts
        )
)

select * from final
