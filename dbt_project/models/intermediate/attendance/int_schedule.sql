{{ config(
    materialized='incremental',
    meta={'slices': 'slice_schedule', 'day': 'day'}
) }}
-- The days that each employee is scheduled, with the start and the end of duty.
-- Grain: government_code, nip, day.
-- Rule: by their roster row of that day, else by the working hours of their unit and type.
-- A shift over midnight belongs to the day it began.
with spells as (
    select *
    from {{ ref('int_employee_spell') }}
    where {{ in_this_part('government_code') }}
),

working_days as (
    select *
    from {{ ref('int_working_day') }}
    where {{ in_changed_slice(ref('slice_schedule'), 'government_code', month_of('day')) }}
),

working_hours as (
    select *
    from {{ ref('int_working_hours') }}
    where {{ in_changed_slice(ref('slice_schedule'), 'government_code', month_of('day')) }}
),

rosters as (
    select *
    from {{ ref('stg_roster') }}
    where {{ in_changed_slice(ref('slice_schedule'), 'government_code', month_of('day')) }}
),

by_roster as (
    select
        rosters.government_code,
        rosters.nip,
        rosters.day,
        spells.unit_code,
        spells.opd_code,
        rosters.start_time,
        rosters.end_time
    from rosters
    inner join working_days
        on
            rosters.government_code = working_days.government_code
            and rosters.day = working_days.day
    inner join spells
        on
            rosters.government_code = spells.government_code
            and rosters.nip = spells.nip
            and rosters.day between spells.valid_from and spells.valid_to
),

by_hours as (
    select
        spells.government_code,
        spells.nip,
        working_hours.day,
        spells.unit_code,
        spells.opd_code,
        working_hours.start_time,
        working_hours.end_time
    from spells
    inner join working_hours
        on
            spells.government_code = working_hours.government_code
            and spells.unit_code = working_hours.unit_code
            and spells.opd_code = working_hours.opd_code
            and spells.employee_type = working_hours.employee_type
            and working_hours.day between spells.valid_from and spells.valid_to
    left join rosters
        on
            spells.government_code = rosters.government_code
            and spells.nip = rosters.nip
            and working_hours.day = rosters.day
    where rosters.nip is null
),

scheduled as (
    select * from by_roster
    union all
    select * from by_hours
),

final as (
    select
        government_code,
        nip,
        day,
        unit_code,
        opd_code,
        {{ at_time('day', 'start_time') }} as starts_at,
        case
            when end_time > start_time then {{ at_time('day', 'end_time') }}
            else {{ at_time(add_days('day', 1), 'end_time') }}
        end as ends_at
    from scheduled
    where
        start_time is not null
        and end_time is not null
)

select * from final
