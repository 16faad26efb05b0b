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
with punches as (
    select distinct
        government_code,
        nip,
        punched_at
    from {{ ref('int_punch') }}
    where nip is not null
),

claimed as (
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
)

select
    claimed.government_code,
    claimed.day
from claimed
left join punches as first_punches
    on
        claimed.government_code = first_punches.government_code
        and claimed.nip = first_punches.nip
        and claimed.first_punch = first_punches.punched_at
left join punches as last_punches
    on
        claimed.government_code = last_punches.government_code
        and claimed.nip = last_punches.nip
        and claimed.last_punch = last_punches.punched_at
where
    (claimed.first_punch is null and claimed.on_leave is null)
    or (claimed.first_punch is not null and first_punches.nip is null)
    or (claimed.last_punch is not null and last_punches.nip is null)
