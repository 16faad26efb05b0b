-- People behind the figures of each OPD with an answer. Grain: government_code, wave, opd_code.
-- Respondents have at least one value score. Contributors are the fewest people behind any value
-- or behaviour that the wave asks: where nobody answered a question they are 0.
with items as (
    select * from {{ ref('int_survey_item') }}
),

cells as (
    select * from {{ ref('int_survey_opd_cell') }}
),

asked as (
    select distinct
        government_code,
        wave,
        'value' as measure,
        value_code as measure_code
    from items
    union all
    select distinct
        government_code,
        wave,
        'behaviour' as measure,
        behaviour_code as measure_code
    from items
),

opds as (
    select distinct
        government_code,
        wave,
        opd_code
    from cells
    where measure = 'behaviour'
),

contributors as (
    select
        opds.government_code,
        opds.wave,
        opds.opd_code,
        min(coalesce(cells.people, 0)) as contributors
    from opds
    inner join asked
        on
            opds.government_code = asked.government_code
            and opds.wave = asked.wave
    left join cells
        on
            opds.government_code = cells.government_code
            and opds.wave = cells.wave
            and opds.opd_code = cells.opd_code
            and asked.measure = cells.measure
            and asked.measure_code = cells.measure_code
    group by opds.government_code, opds.wave, opds.opd_code
),

final as (
    select
        contributors.government_code,
        contributors.wave,
        contributors.opd_code,
        coalesce(respondents.people, 0) as respondents,
        contributors.contributors
    from contributors
    left join cells as respondents
        on
            contributors.government_code = respondents.government_code
            and contributors.wave = respondents.wave
            and contributors.opd_code = respondents.opd_code
            and respondents.measure = 'respondent'
)

select * from final
