{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_employee_ip_asn',
    'id': 'Total IP-ASN yang tercetak berbeda dari jumlah bagiannya; bagiannya yang dihitung',
    'en': 'A printed IP-ASN total differs from the sum of its parts; the parts count',
}) }}
select
    government_code,
    year
from {{ ref('int_ip_asn_person') }}
where
    kualifikasi + kompetensi + kinerja + disiplin is not null
    and total is not null
    and coalesce(
        {{ half_up('total') }} != {{ half_up('kualifikasi + kompetensi + kinerja + disiplin') }},
        true
    )
