{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'int_employee_day',
        'id': 'Tidak ada hari yang dihitung mangkir padahal ada rekaman pada jam kerjanya',
        'en': 'No day counts as unexcused although there is a punch in its hours'
    }
) }}
-- One row per day. Who ever works over midnight is left out: a punch of theirs may belong to the
-- shift of the day before.
with punches as (
    select
        government_code,
        nip,
        punched_at
    from {{ ref('int_punch') }}
    where nip is not null
),

absences as (
    select
        days.government_code,
        days.nip,
        days.day,
        schedule.starts_at,
        schedule.ends_at
    from {{ ref('int_employee_day') }} as days
    inner join {{ ref('int_schedule') }} as schedule
        on
            days.government_code = schedule.government_code
            and days.nip = schedule.nip
            and days.day = schedule.day
    left join {{ ref('int_night_shift') }} as nights
        on
            days.government_code = nights.government_code
            and days.nip = nights.nip
    where
        days.day_status = 'unexcused'
        and nights.nip is null
        and cast(schedule.ends_at as date) = days.day
)

select
    absences.government_code,
    absences.day
from absences
inner join punches
    on
        absences.government_code = punches.government_code
        and absences.nip = punches.nip
        and absences.day = cast(punches.punched_at as date)
where punches.punched_at between absences.starts_at and absences.ends_at
group by
    absences.government_code,
    absences.nip,
    absences.day
