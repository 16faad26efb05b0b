{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'mart_discipline',
        'id': 'Angka disiplin yang ditampilkan sama dengan yang dihitung, dan tidak ada unit yang'
        ~ ' hilang',
        'en': 'Discipline figures that are shown are those computed, and no unit is lost'
    }
) }}
-- One row per unit and month that differ.
select
    computed.government_code,
    computed.unit_level,
    computed.unit_code,
    computed.month
from {{ ref('int_discipline_unit') }} as computed
left join {{ ref('mart_discipline') }} as published
    on
        computed.government_code = published.government_code
        and computed.unit_level = published.unit_level
        and computed.unit_code = published.unit_code
        and computed.month = published.month
where
    published.month is null
    or (
        not published.suppressed
        and (
            published.present_days is distinct from computed.present_days
            or published.unexcused_days is distinct from computed.unexcused_days
            or published.late_minutes is distinct from computed.late_minutes
            or published.early_leave_minutes is distinct from computed.early_leave_minutes
        )
    )
