-- The rows of mart_survey*: every OPD of a wave, and the government. Grain: government_code,
-- unit_level, unit_code, wave. The government is there even while all submissions wait.
with waves as (
    select * from {{ ref('int_survey_wave') }}
),

opds as (
    select * from {{ ref('int_survey_opd') }}
),

disclosure as (
    select * from {{ ref('int_disclosure') }}
    where family = 'survey'
),

units as (
    select
        government_code,
        wave,
        'opd' as unit_level,
        opd_code as unit_code,
        respondents,
        eligible
    from opds
    union all
    select
        waves.government_code,
        waves.wave,
        'government' as unit_level,
        waves.government_code as unit_code,
        coalesce(sum(opds.respondents), 0) as respondents,
        coalesce(sum(opds.eligible), 0) as eligible
    from waves
    left join opds
        on
            waves.government_code = opds.government_code
            and waves.wave = opds.wave
    group by waves.government_code, waves.wave
),

final as (
    select
        units.government_code,
        units.wave,
        units.unit_level,
        units.unit_code,
        waves.wave_end_date,
        units.respondents,
        units.eligible,
        waves.is_open or coalesce(disclosure.is_hidden or disclosure.has_nobody, true)
            as suppressed,
        disclosure.k
    from units
    inner join waves
        on
            units.government_code = waves.government_code
            and units.wave = waves.wave
    left join disclosure
        on
            units.government_code = disclosure.government_code
            and units.wave = disclosure.period
            and units.unit_level = disclosure.unit_level
            and units.unit_code = disclosure.unit_code
)

select * from final
