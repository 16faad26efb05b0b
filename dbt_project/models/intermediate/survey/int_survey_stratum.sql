-- The stratum in which each OPD enters a figure of a unit. Grain: government_code, wave,
-- unit_level, unit_code, measure, measure_code, opd_code.
-- An OPD's own figure has one stratum: itself. The strata of the government are its OPDs with
-- respondents to that figure; the hidden ones together are one stratum, and with them those of
-- which fewer than two respondents enter. `weight` is N, or 1 where there is one stratum.
with opds as (
    select * from {{ ref('int_survey_opd') }}
),

opd_cells as (
    select * from {{ ref('int_survey_opd_cell') }}
),

disclosure as (
    select * from {{ ref('int_disclosure') }}
    where family = 'survey' and unit_level = 'opd'
),

cells as (
    select *
    from opd_cells
    where measure in ('value', 'behaviour')
    union all
    -- Every OPD with a respondent is a stratum of the survey score, even if nobody has all seven.
    select
        opds.government_code,
        opds.wave,
        opds.opd_code,
        'survey' as measure,
        '' as measure_code,
        coalesce(opd_cells.people, 0) as people
    from opds
    left join opd_cells
        on
            opds.government_code = opd_cells.government_code
            and opds.wave = opd_cells.wave
            and opds.opd_code = opd_cells.opd_code
            and opd_cells.measure = 'survey'
    where opds.respondents > 0
),

final as (
    select
        cells.government_code,
        cells.wave,
        'opd' as unit_level,
        cells.opd_code as unit_code,
        cells.measure,
        cells.measure_code,
        cells.opd_code,
        cells.opd_code as stratum_code,
        opds.eligible,
        1 as weight
    from cells
    inner join opds
        on
            cells.government_code = opds.government_code
            and cells.wave = opds.wave
            and cells.opd_code = opds.opd_code
    union all
    select
        cells.government_code,
        cells.wave,
        'government' as unit_level,
        cells.government_code as unit_code,
        cells.measure,
        cells.measure_code,
        cells.opd_code,
        case
            when disclosure.is_hidden or cells.people < 2 then ''
            else cells.opd_code
        end as stratum_code,
        opds.eligible,
        opds.eligible as weight
    from cells
    inner join opds
        on
            cells.government_code = opds.government_code
            and cells.wave = opds.wave
            and cells.opd_code = opds.opd_code
    inner join disclosure
        on
            cells.government_code = disclosure.government_code
            and cells.wave = disclosure.period
            and cells.opd_code = disclosure.unit_code
)

select * from final
