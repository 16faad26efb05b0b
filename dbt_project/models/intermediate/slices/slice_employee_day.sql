-- Which slices of int_employee_day, and of what is built from its rows one by one, are built again.
-- Grain: government_code, month, input.
-- * What touches the scheduled days of a month touches it, and so do its rules.
-- * Whether a unit's attendance reached us touches the month of the day: a newer day with punches
--   touches the month of the one that was newest before it.
-- * Who is enrolled touches the months of their service: the first punch ever those since.
-- * The night's date touches the months of which days have come to pass.
with months as (
    select * from {{ ref('int_government_month') }}
),

working_days as (
    select * from {{ ref('int_working_day') }}
),

unit_evidence as (
    select * from {{ ref('int_unit_evidence') }}
),

decisions as (
    select * from {{ ref('int_evidence_decision') }}
),

enrolments as (
    select * from {{ ref('int_enrolment') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

enrolled as (
    select
        spells.government_code,
        spells.nip,
        greatest(spells.valid_from, enrolments.valid_from) as valid_from,
        least(spells.valid_to, enrolments.valid_to) as valid_to
    from spells
    inner join enrolments
        on
            spells.government_code = enrolments.government_code
            and spells.nip = enrolments.nip
            and spells.valid_from <= enrolments.valid_to
            and spells.valid_to >= enrolments.valid_from
),

digests as (
    {{ digest_of_days(
        'attendance_rules', 'working_days', 'day', ['missing_side_minutes', 'day_minutes']
    ) | indent(4) }}
    union all
    {{ digest_of_days(
        'unit_evidence', 'unit_evidence', 'day', ['unit_code', 'opd_code', 'is_recorded']
    ) | indent(4) }}
    union all
    {{ digest_of_days(
        'evidence', 'decisions', 'day', ['unit_code', 'opd_code', 'is_recorded']
    ) | indent(4) }}
    union all
    {{ digest_of_spells('enrolment', 'enrolled', 'valid_from', 'valid_to', ['nip'], 'months')
        | indent(4) }}
    union all
    select
        'date' as input,
        months.government_code,
        months.month,
        cast(least(run.as_of_date, months.last_day) as varchar) as digest
    from months
    cross join run
),

compared as (
    {{ differing('int_employee_day', 'digests') | indent(4) }}
),

final as (
    select * from compared
    union all
    {{ built_again('scheduled_days', ref('slice_scheduled_day')) | indent(4) }}
)

select * from final
