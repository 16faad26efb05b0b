{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_schedule',
        'id': 'PPPK paruh waktu tanpa jam kerja atau jadwal sendiri; tidak terjadwal',
        'en': 'Part-time PPPK without hours or a roster of their own; scheduled on no day'
    }
) }}
-- One row per employee who served in a measured month.
with part_time as (
    select distinct
        spells.government_code,
        spells.opd_code,
        spells.nip
    from {{ ref('int_employee_spell') }} as spells
    inner join {{ ref('int_government_month') }} as months
        on
            spells.government_code = months.government_code
            and spells.valid_from <= months.last_day
            and spells.valid_to >= months.month
    where spells.employee_type = 'PPPK_PARUH_WAKTU'
),

scheduled as (
    select distinct
        government_code,
        nip
    from {{ ref('int_schedule') }}
)

select
    part_time.government_code,
    part_time.opd_code
from part_time
left join scheduled
    on
        part_time.government_code = scheduled.government_code
        and part_time.nip = scheduled.nip
where scheduled.nip is null
