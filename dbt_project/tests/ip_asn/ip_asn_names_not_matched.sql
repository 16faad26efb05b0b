{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_ip_asn_match',
        'id': 'Baris IP-ASN tanpa NIP yang namanya belum pasti di unitnya; barisnya menunggu',
        'en': 'IP-ASN rows without a number whose name is not certain within its unit yet; they wait'
    }
) }}
-- One row per row of a file that waits.
select
    government_code,
    period as year,
    row_number
from {{ ref('int_awaited') }}
where kind = 'person'
