-- The unit that each unit text of a submission means, and its OPD when the wave ends.
-- Grain: government_code, wave, unit_as_written.
-- A text is a unit's code, else its name (whatever its case, spaces and the short form of Dinas),
-- as long as only one unit has that name: of the units of that day, else of all.
-- After a unit has ended its successor's OPD counts (int_unit_opd). A text without unit or OPD is
-- not here: its submissions wait.
with submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

waves as (
    select * from {{ ref('int_survey_wave') }}
),

units as (
    select * from {{ ref('stg_unit') }}
),

unit_opds as (
    select * from {{ ref('int_unit_opd') }}
),

written as (
    select distinct
        submissions.government_code,
        submissions.wave,
        submissions.unit_as_written,
        waves.wave_end_date
    from submissions
    inner join waves
        on
            submissions.government_code = waves.government_code
            and submissions.wave = waves.wave
),

by_code as (
    select distinct
        written.government_code,
        written.wave,
        written.unit_as_written,
        units.unit_code
    from written
    inner join units
        on
            written.government_code = units.government_code
            and written.unit_as_written = units.unit_code
),

names as (
    select
        government_code,
        unit_code,
        {{ fold_text('unit_name') }} as folded_name,
        valid_from,
        valid_to
    from units
),

by_name as (
    select
        written.government_code,
        written.wave,
        written.unit_as_written,
        count(distinct names.unit_code) as units_ever,
        count(
            distinct case
                when written.wave_end_date between names.valid_from and names.valid_to
                    then names.unit_code
            end
        ) as units_that_day,
        min(names.unit_code) as unit_ever,
        min(
            case
                when written.wave_end_date between names.valid_from and names.valid_to
                    then names.unit_code
            end
        ) as unit_that_day
    from written
    inner join names
        on
            written.government_code = names.government_code
            and {{ fold_text('written.unit_as_written') }} = names.folded_name
    group by written.government_code, written.wave, written.unit_as_written
),

matched as (
    select
        written.government_code,
        written.wave,
        written.unit_as_written,
        written.wave_end_date,
        case
            when by_code.unit_code is not null then by_code.unit_code
            when by_name.units_that_day = 1 then by_name.unit_that_day
            when by_name.units_ever = 1 then by_name.unit_ever
        end as unit_code
    from written
    left join by_code
        on
            written.government_code = by_code.government_code
            and written.wave = by_code.wave
            and written.unit_as_written = by_code.unit_as_written
    left join by_name
        on
            written.government_code = by_name.government_code
            and written.wave = by_name.wave
            and written.unit_as_written = by_name.unit_as_written
),

final as (
    select
        matched.government_code,
        matched.wave,
        matched.unit_as_written,
        matched.unit_code,
        unit_opds.opd_code
    from matched
    inner join unit_opds
        on
            matched.unit_code = unit_opds.unit_code
            and {{ in_force('unit_opds', 'matched.government_code', 'matched.wave_end_date') }}
)

select * from final
