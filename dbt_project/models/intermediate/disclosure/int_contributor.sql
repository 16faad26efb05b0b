-- Who is behind the figures of the survey and of IP-ASN that no longer move: of waves that are
-- closed and years that have ended. Grain: government_code, family, period, contributor.
-- `figures` lists what each contributes, as `<figure>=<number>` joined by semicolons; group_code is
-- the OPD, or empty for the hidden ones, which a reader of the government's row knows together.
-- A publication keeps these rows (raw.published_contributor), and the next night is held against
-- them. They stay in the working file and are published nowhere.
with submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

waves as (
    select * from {{ ref('int_survey_wave') }}
),

scores as (
    select * from {{ ref('int_respondent_score') }}
),

ip_asn as (
    select * from {{ ref('int_employee_ip_asn') }}
),

disclosure as (
    select * from {{ ref('int_disclosure') }}
    where unit_level = 'opd'
),

run as (
    select * from {{ ref('stg_run') }}
),

respondents as (
    select
        scores.government_code,
        'survey' as family,
        scores.wave as period,
        scores.opd_code,
        submissions.respondent as contributor,
        {{ joined_by_semicolon(
            "scores.measure || ' ' || scores.measure_code || '=' || round(scores.score, 6)",
            'scores.measure, scores.measure_code'
        ) }} as figures
    from scores
    inner join submissions on scores.submission_id = submissions.submission_id
    inner join waves
        on
            scores.government_code = waves.government_code
            and scores.wave = waves.wave
    where not waves.is_open
    group by scores.government_code, scores.wave, scores.opd_code, submissions.respondent
),

employees as (
    select
        ip_asn.government_code,
        'ip_asn' as family,
        cast(ip_asn.year as varchar) as period,
        ip_asn.opd_code,
        ip_asn.nip as contributor,
        'kualifikasi=' || ip_asn.kualifikasi
        || ';kompetensi=' || ip_asn.kompetensi
        || ';kinerja=' || ip_asn.kinerja
        || ';disiplin=' || ip_asn.disiplin as figures
    from ip_asn
    inner join run on cast(ip_asn.year || '-12-31' as date) < run.as_of_date
    where ip_asn.total is not null
),

contributors as (
    select * from respondents
    union all
    select * from employees
),

final as (
    select
        contributors.government_code,
        contributors.family,
        contributors.period,
        contributors.opd_code,
        case when disclosure.is_hidden then '' else contributors.opd_code end as group_code,
        contributors.contributor,
        contributors.figures
    from contributors
    inner join disclosure
        on
            contributors.government_code = disclosure.government_code
            and contributors.family = disclosure.family
            and contributors.period = disclosure.period
            and contributors.opd_code = disclosure.unit_code
)

select * from final
