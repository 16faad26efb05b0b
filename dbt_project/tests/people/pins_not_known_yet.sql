{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_punch',
        'id': 'PIN mesin yang belum terhubung ke pegawai; rekamannya menunggu',
        'en': 'Device PINs that no mapping names yet; their punches wait'
    }
) }}
-- One row per device and PIN.
select
    government_code,
    device_id,
    count(*) as punches
from {{ ref('int_awaited') }}
where kind = 'pin'
group by
    government_code,
    device_id,
    awaited
