-- The delivered rows behind published cells, for `budaya trace`. Grain: government_code, source,
-- unit_code, period, part, file_sha256, row_number.
-- A row counts for the OPD that its figures count for; an instrument, a unit and an official figure
-- for themselves. No answers are here, and a survey's rows name nobody.
with respondents as (
    select * from {{ ref('int_respondent') }}
),

submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

instrument as (
    select * from {{ ref('stg_instrument') }}
),

measured as (
    select * from {{ ref('int_employee_ip_asn') }}
),

delivered as (
    select * from {{ ref('int_ip_asn_person') }}
),

events as (
    select * from {{ ref('stg_event') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

figures as (
    select * from {{ ref('stg_official') }}
),

units as (
    select * from {{ ref('stg_unit') }}
),

final as (
    select
        respondents.government_code,
        'survey' as source,
        respondents.opd_code as unit_code,
        respondents.wave as period,
        '' as part,
        submissions.file_sha256,
        submissions.row_number,
        cast(null as varchar) as nip
    from respondents
    inner join submissions on respondents.submission_id = submissions.submission_id
    union all
    select
        government_code,
        'survey' as source,
        government_code as unit_code,
        wave as period,
        'instrument' as part,
        file_sha256,
        row_number,
        null as nip
    from instrument
    union all
    select
        measured.government_code,
        'ip_asn' as source,
        measured.opd_code as unit_code,
        cast(measured.year as varchar) as period,
        '' as part,
        delivered.file_sha256,
        delivered.row_number,
        measured.nip
    from measured
    inner join delivered
        on
            measured.government_code = delivered.government_code
            and measured.year = delivered.year
            and measured.nip = delivered.nip
    where measured.total is not null
    union all
    select
        events.government_code,
        'events' as source,
        spells.opd_code as unit_code,
        cast({{ month_of('events.event_date') }} as varchar) as period,
        '' as part,
        events.file_sha256,
        events.row_number,
        events.nip
    from events
    inner join spells
        on
            events.nip = spells.nip
            and {{ in_force('spells', 'events.government_code', 'events.event_date') }}
    union all
    select
        government_code,
        'official' as source,
        government_code as unit_code,
        cast(year as varchar) as period,
        index_code || '|' || population || '|' || source_document as part,
        file_sha256,
        row_number,
        null as nip
    from figures
    union all
    select
        government_code,
        'units' as source,
        unit_code,
        '' as period,
        '' as part,
        file_sha256,
        row_number,
        null as nip
    from units
)

select * from final
