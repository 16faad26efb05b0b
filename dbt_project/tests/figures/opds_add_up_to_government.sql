{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'mart_discipline',
        'id': 'Jumlah seluruh OPD sama dengan angka pemerintah daerah',
        'en': 'The OPDs add up to the government'
    }
) }}
-- One row per government and month that differ. Apel is left out: an OPD may have been at one in
-- a month without a working day of its own.
with opds as (
    select
        government_code,
        month,
        sum(present_days) as present_days,
        sum(excused_days) as excused_days,
        sum(unexcused_days) as unexcused_days,
        sum(unrecorded_days) as unrecorded_days,
        sum(late_minutes) as late_minutes,
        sum(early_leave_minutes) as early_leave_minutes
    from {{ ref('int_discipline_unit') }}
    where unit_level = 'opd'
    group by
        government_code,
        month
),

governments as (
    select *
    from {{ ref('int_discipline_unit') }}
    where unit_level = 'government'
)

select
    opds.government_code,
    opds.month
from opds
left join governments
    on
        opds.government_code = governments.government_code
        and opds.month = governments.month
where
    opds.present_days is distinct from governments.present_days
    or opds.excused_days is distinct from governments.excused_days
    or opds.unexcused_days is distinct from governments.unexcused_days
    or opds.unrecorded_days is distinct from governments.unrecorded_days
    or opds.late_minutes is distinct from governments.late_minutes
    or opds.early_leave_minutes is distinct from governments.early_leave_minutes
