{{ config(
    materialized='incremental',
    meta={'slices': 'slice_scheduled_day', 'day': 'day'}
) }}
-- Each scheduled day of an employee beside what is known of it: punches and leave.
-- Grain: government_code, nip, day.
-- A day has the punches of its calendar date, or, where a shift over midnight touches it, those
-- that int_shift_punch leaves it. What falls on a day that is not scheduled ends here.
with schedule as (
    select *
    from {{ ref('int_schedule') }}
    where
        {{ in_this_part('government_code') }}
        and {{ in_changed_slice(ref('slice_scheduled_day'), 'government_code', month_of('day')) }}
),

punch_days as (
    select *
    from {{ ref('int_punch_day') }}
    where {{ in_this_part('government_code') }}
),

shift_punches as (
    select * from {{ ref('int_shift_punch') }}
),

leave_days as (
    select * from {{ ref('int_leave_day') }}
),

joined as (
    select
        schedule.government_code,
        schedule.nip,
        schedule.day,
        schedule.unit_code,
        schedule.opd_code,
        schedule.starts_at,
        schedule.ends_at,
        case
            when shift_punches.nip is not null then shift_punches.punches
            else punch_days.punches
        end as punches,
        leave_days.counts_as as leave_counts_as,
        leave_days.delivery_id as leave_delivery_id,
        leave_days.row_number as leave_row_number
    from schedule
    left join punch_days
        on
            schedule.government_code = punch_days.government_code
            and schedule.nip = punch_days.nip
            and schedule.day = punch_days.punch_date
    left join shift_punches
        on
            schedule.government_code = shift_punches.government_code
            and schedule.nip = shift_punches.nip
            and schedule.day = shift_punches.day
    left join leave_days
        on
            schedule.government_code = leave_days.government_code
            and schedule.nip = leave_days.nip
            and schedule.day = leave_days.day
),

final as (
    select
        government_code,
        nip,
        day,
        unit_code,
        opd_code,
        starts_at,
        {{ half_way('starts_at', 'ends_at') }} as middle_at,
        ends_at,
        {{ first_of('punches') }}.punched_at as first_punch,
        {{ last_of('punches') }}.punched_at as last_punch,
        punches,
        leave_counts_as,
        leave_delivery_id,
        leave_row_number
    from joined
)

select * from final
