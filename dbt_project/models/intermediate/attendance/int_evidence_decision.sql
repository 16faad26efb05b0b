-- Days of a unit that somebody decided to be recorded or not, with reason and name in the rule.
-- Grain: government_code, unit_code, opd_code, day.
-- Rule: a row for the unit comes before one for its OPD, and that before one for all units; of
-- several the one that begins later counts.
with evidence as (
    select * from {{ source('raw', 'rule_evidence') }}
),

unit_days as (
    select
        government_code,
        unit_code,
        opd_code,
        day
    from {{ ref('int_unit_evidence') }}
),

ranked as (
    select
        unit_days.government_code,
        unit_days.unit_code,
        unit_days.opd_code,
        unit_days.day,
        evidence.recorded as is_recorded,
        row_number() over (
            partition by
                unit_days.government_code,
                unit_days.unit_code,
                unit_days.opd_code,
                unit_days.day
            order by
                case
                    when evidence.unit_code = unit_days.unit_code then 1
                    when evidence.unit_code = unit_days.opd_code then 2
                    else 3
                end,
                evidence.date_from desc
        ) as fit_rank
    from unit_days
    inner join evidence
        on
            {{ in_force('evidence', 'unit_days.government_code', 'unit_days.day') }}
            and unit_days.day between evidence.date_from and evidence.date_to
            and coalesce(evidence.unit_code, unit_days.unit_code)
            in (unit_days.unit_code, unit_days.opd_code)
),

final as (
    select
        government_code,
        unit_code,
        opd_code,
        day,
        is_recorded
    from ranked
    where fit_rank = 1
)

select * from final
