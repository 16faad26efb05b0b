{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'mart_discipline',
        'id': 'Jumlah hari pegawai sama dengan angka bulanan pemerintah daerah',
        'en': 'The days of the employees add up to the months of the government'
    }
) }}
-- One row per government and month that differ.
with days as (
    select
        government_code,
        {{ month_of('date') }} as month,
        count(distinct nip) as employees,
        count(*) filter (where day_status <> 'unrecorded') as scheduled_days,
        count(*) filter (where day_status = 'unrecorded') as unrecorded_days,
        count(*) filter (where day_status = 'unexcused') as unexcused_days,
        sum(late_minutes) as late_minutes,
        sum(early_leave_minutes) as early_leave_minutes
    from {{ ref('employee_day') }}
    group by
        government_code,
        {{ month_of('date') }}
),

months as (
    select *
    from {{ ref('int_discipline_unit') }}
    where unit_level = 'government'
)

select
    days.government_code,
    days.month
from days
left join months
    on
        days.government_code = months.government_code
        and days.month = months.month
where
    days.employees is distinct from months.employees
    or days.scheduled_days is distinct from months.scheduled_days
    or days.unrecorded_days is distinct from months.unrecorded_days
    or days.unexcused_days is distinct from months.unexcused_days
    or days.late_minutes is distinct from months.late_minutes
    or days.early_leave_minutes is distinct from months.early_leave_minutes
