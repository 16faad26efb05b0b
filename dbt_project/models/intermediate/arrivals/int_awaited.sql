{{ config(materialized='ephemeral') }}
-- Rows that name something which is not known yet, and what it is.
-- Grain: kind, government_code, source, file_sha256, row_number, awaited.
-- `kind` is pin, nip, unit, leave_type, event_type, item (of a survey; row_number is NULL, all rows
-- have it) or person (an IP-ASN row without a number). `awaited` is what was written, `device_id`
-- where a PIN was met. Both are personal: see int_waiting.
-- Ephemeral: each reader asks for one kind, and asks the tables as they are.
with deliveries as (
    select * from {{ ref('stg_delivery') }}
),

punches as (
    select
        punches_of_files.*,
        deliveries.delivery_number
    from {{ ref('int_punch') }} as punches_of_files
    left join deliveries on punches_of_files.delivery_id = deliveries.delivery_id
),

leave as (
    select * from {{ ref('stg_leave') }}
),

rosters as (
    select * from {{ ref('stg_roster') }}
),

events as (
    select * from {{ ref('stg_event') }}
),

all_events as (
    {{ live_rows('events') | indent(4) }}
),

devices as (
    select * from {{ ref('stg_device') }}
),

employees as (
    select * from {{ ref('stg_employee') }}
),

snapshots as (
    select * from {{ ref('stg_employee_snapshot') }}
),

records as (
    select * from {{ ref('int_employee_record') }}
),

units as (
    select * from {{ ref('stg_unit') }}
),

submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

unit_matches as (
    select * from {{ ref('int_survey_unit_match') }}
),

answers as (
    select * from {{ ref('stg_survey_answer') }}
),

items as (
    select * from {{ ref('int_survey_item') }}
),

ip_asn as (
    select * from {{ ref('stg_ip_asn') }}
),

people_matches as (
    select * from {{ ref('int_ip_asn_match') }}
),

leave_types as (
    select * from {{ source('raw', 'rule_leave_types') }}
),

event_types as (
    select * from {{ source('raw', 'rule_event_types') }}
),

known_people as (
    select distinct
        government_code,
        nip
    from records
),

known_units as (
    select distinct
        government_code,
        unit_code
    from {{ ref('int_unit_opd') }}
),

people_named as (
    select
        'attendance' as source,
        government_code,
        delivery_number,
        row_number,
        nip
    from punches
    where nip is not null
    union all
    select
        'leave' as source,
        government_code,
        delivery_number,
        row_number,
        nip
    from leave
    union all
    select
        'rosters' as source,
        government_code,
        delivery_number,
        row_number,
        nip
    from rosters
    union all
    select
        'devices' as source,
        government_code,
        delivery_number,
        row_number,
        nip
    from devices
    union all
    select
        'events' as source,
        events.government_code,
        deliveries.delivery_number,
        events.row_number,
        events.nip
    from events
    left join deliveries
        on
            events.government_code = deliveries.government_code
            and events.file_sha256 = deliveries.file_sha256
            and deliveries.source = 'events'
),

unit_records as (
    select
        records.government_code,
        records.unit_code,
        records.delivery_number,
        coalesce(employees.row_number, snapshots.row_number) as row_number
    from records
    left join employees
        on
            records.government_code = employees.government_code
            and records.nip = employees.nip
            and records.valid_from = employees.valid_from
            and records.delivery_number = employees.delivery_number
    left join snapshots
        on
            records.government_code = snapshots.government_code
            and records.nip = snapshots.nip
            and records.delivery_number = snapshots.delivery_number
),

units_named as (
    select
        'employees' as source,
        unit_records.government_code,
        deliveries.file_sha256,
        unit_records.row_number,
        unit_records.unit_code
    from unit_records
    left join deliveries on unit_records.delivery_number = deliveries.delivery_number
    union all
    select
        'units' as source,
        government_code,
        file_sha256,
        row_number,
        parent_unit_code as unit_code
    from units
    union all
    select
        'units' as source,
        government_code,
        file_sha256,
        row_number,
        successor_unit_code as unit_code
    from units
    union all
    select
        'events' as source,
        government_code,
        file_sha256,
        row_number,
        nullif(scope_unit_code, '') as unit_code
    from events
),

final as (
    select
        'pin' as kind,
        punches.government_code,
        'attendance' as source,
        deliveries.period,
        deliveries.file_sha256,
        punches.row_number,
        punches.pin as awaited,
        punches.device_id
    from punches
    left join deliveries on punches.delivery_number = deliveries.delivery_number
    where punches.nip is null
    union all
    select
        'nip' as kind,
        people_named.government_code,
        people_named.source,
        deliveries.period,
        deliveries.file_sha256,
        people_named.row_number,
        people_named.nip as awaited,
        null as device_id
    from people_named
    left join deliveries on people_named.delivery_number = deliveries.delivery_number
    left join known_people
        on
            people_named.government_code = known_people.government_code
            and people_named.nip = known_people.nip
    where known_people.nip is null
    union all
    select
        'unit' as kind,
        units_named.government_code,
        units_named.source,
        '' as period,
        units_named.file_sha256,
        units_named.row_number,
        units_named.unit_code as awaited,
        null as device_id
    from units_named
    left join known_units
        on
            units_named.government_code = known_units.government_code
            and units_named.unit_code = known_units.unit_code
    where
        units_named.unit_code is not null
        and known_units.unit_code is null
    union all
    select
        'unit' as kind,
        submissions.government_code,
        'survey' as source,
        submissions.wave as period,
        submissions.file_sha256,
        submissions.row_number,
        submissions.unit_as_written as awaited,
        null as device_id
    from submissions
    left join unit_matches
        on
            submissions.government_code = unit_matches.government_code
            and submissions.wave = unit_matches.wave
            and submissions.unit_as_written = unit_matches.unit_as_written
    where unit_matches.opd_code is null
    union all
    select
        'leave_type' as kind,
        leave.government_code,
        'leave' as source,
        deliveries.period,
        deliveries.file_sha256,
        leave.row_number,
        leave.leave_type as awaited,
        null as device_id
    from leave
    left join deliveries on leave.delivery_number = deliveries.delivery_number
    left join leave_types
        on
            {{ in_force('leave_types', 'leave.government_code', 'leave.date_from') }}
            and {{ bare_word('leave.leave_type') }} = {{ bare_word('leave_types.leave_type') }}
    where leave_types.leave_type is null
    union all
    select
        'event_type' as kind,
        all_events.government_code,
        'events' as source,
        all_events.period,
        all_events.file_sha256,
        all_events.row_number,
        all_events.event_type as awaited,
        null as device_id
    from all_events
    left join event_types
        on
            {{ in_force('event_types', 'all_events.government_code', 'all_events.event_date') }}
            and {{ bare_word('all_events.event_type') }} = {{ bare_word('event_types.event_type') }}
    where event_types.event_type is null
    union all
    select distinct
        'item' as kind,
        answers.government_code,
        'survey' as source,
        answers.wave as period,
        submissions.file_sha256,
        cast(null as bigint) as row_number,
        answers.item as awaited,
        null as device_id
    from answers
    left join submissions on answers.submission_id = submissions.submission_id
    left join items
        on
            answers.government_code = items.government_code
            and answers.wave = items.wave
            and answers.item = items.item
    where items.item is null
    union all
    select
        'person' as kind,
        ip_asn.government_code,
        'ip_asn' as source,
        cast(ip_asn.year as varchar) as period,
        ip_asn.file_sha256,
        ip_asn.row_number,
        ip_asn.person_name as awaited,
        null as device_id
    from ip_asn
    left join people_matches
        on
            ip_asn.government_code = people_matches.government_code
            and ip_asn.year = people_matches.year
            and ip_asn.delivery_number = people_matches.delivery_number
            and ip_asn.row_number = people_matches.row_number
    where
        ip_asn.nip is null
        and people_matches.nip is null
)

select * from final
