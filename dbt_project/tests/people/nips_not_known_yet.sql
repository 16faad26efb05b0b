{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_employee_record',
        'id': 'NIP yang belum ada di data pegawai; barisnya menunggu',
        'en': 'NIPs that the personnel data does not hold yet; their rows wait'
    }
) }}
-- One row per source and NIP.
with named as (
    select distinct
        'attendance' as source,
        government_code,
        nip
    from {{ ref('int_punch') }}
    where nip is not null
    union all
    select distinct
        'leave' as source,
        government_code,
        nip
    from {{ ref('stg_leave') }}
    union all
    select distinct
        'rosters' as source,
        government_code,
        nip
    from {{ ref('stg_roster') }}
    union all
    select distinct
        'events' as source,
        government_code,
        nip
    from {{ ref('stg_event') }}
    union all
    select distinct
        'devices' as source,
        government_code,
        nip
    from {{ ref('stg_device') }}
),

known as (
    select distinct
        government_code,
        nip
    from {{ ref('int_employee_record') }}
)

select
    named.government_code,
    named.source
from named
left join known
    on
        named.government_code = known.government_code
        and named.nip = known.nip
where known.nip is null
