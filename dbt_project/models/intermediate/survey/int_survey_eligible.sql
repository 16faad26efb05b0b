-- People who may answer, per OPD. Grain: government_code, wave, opd_code.
-- In service in the OPD on wave_end_date, of the types that the wave names (all, if it names none).
with waves as (
    select * from {{ ref('int_survey_wave') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

final as (
    select
        waves.government_code,
        waves.wave,
        spells.opd_code,
        count(*) as eligible
    from waves
    inner join spells
        on {{ in_force('spells', 'waves.government_code', 'waves.wave_end_date') }}
    where
        waves.eligible_types is null
        or ';' || replace(replace(waves.eligible_types, ' ', ''), ',', ';') || ';'
        like '%;' || spells.employee_type || ';%'
    group by waves.government_code, waves.wave, spells.opd_code
)

select * from final
