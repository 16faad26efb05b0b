{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'int_employee_ip_asn',
    'id': 'Dimensi IP-ASN harus antara 0 dan batasnya (25, 40, 30, 5)',
    'en': 'A dimension of IP-ASN must lie between 0 and its cap (25, 40, 30, 5)',
}) }}
-- A sum of points may lie a rounding error outside.
select
    government_code,
    year
from {{ ref('int_employee_ip_asn') }}
where
    kualifikasi not between -1e-9 and 25 + 1e-9
    or kompetensi not between -1e-9 and 40 + 1e-9
    or kinerja not between -1e-9 and 30 + 1e-9
    or disiplin not between -1e-9 and 5 + 1e-9
