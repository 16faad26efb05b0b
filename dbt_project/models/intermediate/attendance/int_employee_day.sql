{{ config(
    materialized='incremental',
    meta={'slices': 'slice_employee_day', 'day': 'day'}
) }}
-- What each scheduled day of an employee counts for. Grain: government_code, nip, day.
-- Rules, in this order:
-- * A day still to come is unrecorded. A row of the rule `evidence` decides for its unit.
--   Else a day is recorded for who has a punch or leave, or is enrolled while the unit's
--   attendance reached us (int_unit_evidence).
-- * Leave that excuses makes the day excused; leave that counts as present makes it present
--   without minutes. Else the first punch is in and the last is out; none is unexcused.
-- * A single punch is *in* before the middle of the day and *out* from then on; the missing side
--   costs `missing_side_minutes`, imputed. Late and early together cost at most `day_minutes`;
--   early is cut first.
-- `source_rows` are the rows behind the day: of the leave that decided it, else of its punches.
with scheduled_days as (
    select *
    from {{ ref('int_scheduled_day') }}
    where
        {{ in_this_part('government_code') }}
        and {{ in_changed_slice(ref('slice_employee_day'), 'government_code', month_of('day')) }}
),

working_days as (
    select * from {{ ref('int_working_day') }}
),

unit_evidence as (
    select * from {{ ref('int_unit_evidence') }}
),

decisions as (
    select * from {{ ref('int_evidence_decision') }}
),

enrolments as (
    select * from {{ ref('int_enrolment') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

recorded as (
    select
        scheduled_days.*,
        working_days.month,
        cast(working_days.missing_side_minutes as bigint) as missing_side_minutes,
        cast(working_days.day_minutes as bigint) as day_minutes,
        case
            when scheduled_days.day > run.as_of_date then false
            when decisions.is_recorded is not null then decisions.is_recorded
            when scheduled_days.first_punch is not null then true
            when scheduled_days.leave_counts_as is not null then true
            else enrolments.nip is not null and unit_evidence.is_recorded
        end as is_recorded
    from scheduled_days
    cross join run
    inner join working_days
        on
            scheduled_days.government_code = working_days.government_code
            and scheduled_days.day = working_days.day
    inner join unit_evidence
        on
            scheduled_days.government_code = unit_evidence.government_code
            and scheduled_days.unit_code = unit_evidence.unit_code
            and scheduled_days.opd_code = unit_evidence.opd_code
            and scheduled_days.day = unit_evidence.day
    left join decisions
        on
            scheduled_days.government_code = decisions.government_code
            and scheduled_days.unit_code = decisions.unit_code
            and scheduled_days.opd_code = decisions.opd_code
            and scheduled_days.day = decisions.day
    left join enrolments
        on
            scheduled_days.government_code = enrolments.government_code
            and scheduled_days.nip = enrolments.nip
            and scheduled_days.day between enrolments.valid_from and enrolments.valid_to
),

judged as (
    select
        *,
        case
            when not is_recorded then 'unrecorded'
            when leave_counts_as in ('excused', 'present') then leave_counts_as
            when first_punch is null then 'unexcused'
            else 'present'
        end as day_status,
        is_recorded
        and first_punch is not null
        and coalesce(leave_counts_as, 'none') not in ('excused', 'present') as is_measured,
        first_punch = last_punch and first_punch < middle_at as is_out_missing,
        first_punch = last_punch and first_punch >= middle_at as is_in_missing
    from recorded
),

timed as (
    select
        *,
        case
            when not is_measured then 0
            when is_in_missing then missing_side_minutes
            else {{ minutes_after('starts_at', 'first_punch') }}
        end as full_late_minutes,
        case
            when not is_measured then 0
            when is_out_missing then missing_side_minutes
            else {{ minutes_after('last_punch', 'ends_at') }}
        end as full_early_minutes
    from judged
),

capped as (
    select
        *,
        least(full_late_minutes, day_minutes) as late_minutes,
        least(full_early_minutes, day_minutes - least(full_late_minutes, day_minutes))
            as early_leave_minutes
    from timed
),

final as (
    select
        government_code,
        nip,
        day,
        month,
        unit_code,
        opd_code,
        day_status,
        first_punch,
        last_punch,
        late_minutes,
        early_leave_minutes,
        case
            when not is_measured then 0
            when is_in_missing then late_minutes
            when is_out_missing then early_leave_minutes
            else 0
        end as imputed_minutes,
        case
            when
                leave_row_number is not null
                and (leave_counts_as in ('excused', 'present') or first_punch is null)
                then {{ one_punch('starts_at', 'leave_delivery_id', 'leave_row_number') }}
            else punches
        end as source_rows
    from capped
)

select * from final
