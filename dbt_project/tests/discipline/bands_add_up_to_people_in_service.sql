{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'mart_absence_band',
        'id': 'Setiap PNS dan CPNS yang bertugas di akhir bulan ada di tepat satu kelompok jumlah hari',
        'en': 'Every PNS and CPNS in service at the month end is in exactly one band'
    }
) }}
-- One row per government and month where the people in service, the people counted and the
-- published bands differ.
with in_service as (
    select
        months.government_code,
        months.month,
        count(spells.nip) as employees
    from {{ ref('int_government_month') }} as months
    left join {{ ref('int_employee_spell') }} as spells
        on
            months.government_code = spells.government_code
            and months.last_day between spells.valid_from and spells.valid_to
            and spells.employee_type in ('PNS', 'CPNS')
    group by
        months.government_code,
        months.month
),

counted as (
    select
        government_code,
        month,
        count(*) as employees
    from {{ ref('employee_discipline') }}
    group by
        government_code,
        month
),

published as (
    select
        government_code,
        month,
        sum(employees) as employees,
        bool_or(suppressed) as suppressed
    from {{ ref('mart_absence_band') }}
    group by
        government_code,
        month
)

select
    in_service.government_code,
    in_service.month
from in_service
left join counted
    on
        in_service.government_code = counted.government_code
        and in_service.month = counted.month
left join published
    on
        in_service.government_code = published.government_code
        and in_service.month = published.month
where
    in_service.employees <> coalesce(counted.employees, 0)
    or published.suppressed is null
    or (not published.suppressed and in_service.employees <> published.employees)
