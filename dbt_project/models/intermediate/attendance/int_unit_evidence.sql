-- Whether the attendance of a unit reached us that day: a missing file is not an absent office.
-- Grain: government_code, unit_code, opd_code, day.
-- Rule: at least `min_evidence` of the unit's scheduled, not excused employees have a punch that
-- day (of the OPD's, where the unit has fewer than five such employees), and, on the newest day
-- with punches of that group, one of these lies at or after the middle of the day.
with scheduled_days as (
    select * from {{ ref('int_scheduled_day') }}
),

working_days as (
    select * from {{ ref('int_working_day') }}
),

unit_days as (
    select
        government_code,
        unit_code,
        opd_code,
        day,
        count(*) filter (where leave_counts_as is distinct from 'excused') as expected,
        count(first_punch) filter (where leave_counts_as is distinct from 'excused') as punched,
        coalesce(
            bool_or(last_punch >= middle_at and leave_counts_as is distinct from 'excused'), false
        ) as is_half_over
    from scheduled_days
    group by
        government_code,
        unit_code,
        opd_code,
        day
),

opd_days as (
    select
        government_code,
        opd_code,
        day,
        sum(expected) as expected,
        sum(punched) as punched,
        bool_or(is_half_over) as is_half_over
    from unit_days
    group by
        government_code,
        opd_code,
        day
),

-- The group whose punches speak for the unit that day.
groups as (
    select
        unit_days.government_code,
        unit_days.unit_code,
        unit_days.opd_code,
        unit_days.day,
        unit_days.expected < 5 as is_opd_share,
        case when unit_days.expected < 5 then opd_days.expected else unit_days.expected end
            as expected_employees,
        case when unit_days.expected < 5 then opd_days.punched else unit_days.punched end
            as punched_employees,
        case when unit_days.expected < 5 then opd_days.is_half_over else unit_days.is_half_over end
            as is_half_over
    from unit_days
    inner join opd_days
        on
            unit_days.government_code = opd_days.government_code
            and unit_days.opd_code = opd_days.opd_code
            and unit_days.day = opd_days.day
),

newest_of_unit as (
    select
        government_code,
        unit_code,
        opd_code,
        max(day) as newest_day
    from unit_days
    where punched > 0
    group by
        government_code,
        unit_code,
        opd_code
),

newest_of_opd as (
    select
        government_code,
        opd_code,
        max(day) as newest_day
    from opd_days
    where punched > 0
    group by
        government_code,
        opd_code
),

final as (
    select
        groups.government_code,
        groups.unit_code,
        groups.opd_code,
        groups.day,
        groups.expected_employees,
        groups.punched_employees,
        coalesce(
            {{ rate('groups.punched_employees', 'groups.expected_employees') }}
            >= working_days.min_evidence
            and (
                groups.is_half_over
                or groups.day <> case
                    when groups.is_opd_share then newest_of_opd.newest_day
                    else newest_of_unit.newest_day
                end
            ),
            false
        ) as is_recorded
    from groups
    inner join working_days
        on
            groups.government_code = working_days.government_code
            and groups.day = working_days.day
    left join newest_of_unit
        on
            groups.government_code = newest_of_unit.government_code
            and groups.unit_code = newest_of_unit.unit_code
            and groups.opd_code = newest_of_unit.opd_code
    left join newest_of_opd
        on
            groups.government_code = newest_of_opd.government_code
            and groups.opd_code = newest_of_opd.opd_code
)

select * from final
