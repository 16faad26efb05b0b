{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'int_employee_day',
        'id': 'Setiap hari hadir berasal dari rekaman atau catatan cuti/dinas yang ada di berkas',
        'en': 'Every day present or excused comes from a punch or a leave record of some file'
    }
) }}
-- One row per day whose first or last punch nobody recorded, or that has neither punch nor leave.
with claimed as (
    select
        days.government_code,
        days.nip,
        days.day,
        days.first_punch,
        days.last_punch,
        leave_days.nip as on_leave
    from {{ ref('int_employee_day') }} as days
    left join {{ ref('int_leave_day') }} as leave_days
        on
            days.government_code = leave_days.government_code
            and days.nip = leave_days.nip
            and days.day = leave_days.day
    where days.day_status in ('present', 'excused')
),

-- Both ends of a day are looked for in one pass over the punches, of which there are most.
ends as (
    select
        government_code,
        nip,
        day,
        first_punch as punched_at
    from claimed
    where first_punch is not null
    union all
    select
        government_code,
        nip,
        day,
        last_punch as punched_at
    from claimed
    where last_punch is not null
)

select
    government_code,
    day
from claimed
where
    first_punch is null
    and on_leave is null
union all
select
    ends.government_code,
    ends.day
from ends
left join {{ ref('int_punch') }} as punches
    on
        ends.government_code = punches.government_code
        and ends.nip = punches.nip
        and ends.punched_at = punches.punched_at
where punches.nip is null
