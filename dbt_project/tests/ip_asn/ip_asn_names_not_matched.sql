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
    delivered.government_code,
    delivered.year,
    delivered.row_number
from {{ ref('stg_ip_asn') }} as delivered
left join {{ ref('int_ip_asn_match') }} as matches
    on
        delivered.government_code = matches.government_code
        and delivered.year = matches.year
        and delivered.delivery_number = matches.delivery_number
        and delivered.row_number = matches.row_number
where
    delivered.nip is null
    and matches.nip is null
