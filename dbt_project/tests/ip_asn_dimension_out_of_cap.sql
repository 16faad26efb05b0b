{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'int_employee_ip_asn',
    'id': 'Dimensi IP-ASN harus antara 0 dan batasnya (25, 40, 30, 5)',
    'en': 'A dimension of IP-ASN must lie between 0 and its cap (25, 40, 30, 5)',
}) }}
select
    government_code,
    year
from {{ ref('int_employee_ip_asn') }}
where
    kualifikasi not between 0 and 25
    or kompetensi not between 0 and 40
    or kinerja not between 0 and 30
    or disiplin not between 0 and 5
