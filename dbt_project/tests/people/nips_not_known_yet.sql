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
select
    government_code,
    source
from {{ ref('int_awaited') }}
where kind = 'nip'
group by
    government_code,
    source,
    awaited
