-- Discipline by OPD and government. Grain: government_code, unit_level, unit_code, month.
-- The measures are made in int_discipline_unit; here the hidden rows lose them: all but keys and
-- the number of contributors is NULL.
with units as (
    select * from {{ ref('int_discipline_unit') }}
),

disclosure as (
    select * from {{ ref('int_disclosure') }}
    where family = 'discipline'
),

-- A row that the disclosure decision doesn't know is hidden.
decided as (
    select
        units.*,
        coalesce(disclosure.is_hidden or disclosure.has_nobody, true) as suppressed
    from units
    left join disclosure
        on
            units.government_code = disclosure.government_code
            and cast(units.month as varchar) = disclosure.period
            and units.unit_level = disclosure.unit_level
            and units.unit_code = disclosure.unit_code
),

final as (
    select
        government_code,
        unit_level,
        unit_code,
        month,
        employees,
        case when not suppressed then scheduled_days end as scheduled_days,
        case when not suppressed then unrecorded_days end as unrecorded_days,
        case when not suppressed then coverage end as coverage,
        case when not suppressed then present_days end as present_days,
        case when not suppressed then excused_days end as excused_days,
        case when not suppressed then unexcused_days end as unexcused_days,
        case when not suppressed then late_minutes end as late_minutes,
        case when not suppressed then early_leave_minutes end as early_leave_minutes,
        case when not suppressed then absence_day_equivalents end as absence_day_equivalents,
        case when not suppressed then apel_required end as apel_required,
        case when not suppressed then apel_attended end as apel_attended,
        case when not suppressed then presence_rate end as presence_rate,
        case when not suppressed then apel_rate end as apel_rate,
        case when not suppressed then discipline_score end as discipline_score,
        suppressed
    from decided
)

select * from final
