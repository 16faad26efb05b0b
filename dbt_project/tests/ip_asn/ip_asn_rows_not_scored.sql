{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_employee_ip_asn',
    'id': 'Baris IP-ASN tanpa keempat dimensi dan dengan atribut yang kosong atau di luar aturan'
    ~ ' tidak berskor',
    'en': 'IP-ASN rows without the four dimensions and with an attribute that is empty or that the'
    ~ ' rule does not know have no score',
}) }}
select
    delivered.government_code,
    delivered.year
from {{ ref('int_ip_asn_person') }} as delivered
inner join {{ ref('int_employee_ip_asn') }} as employees
    on
        delivered.government_code = employees.government_code
        and delivered.year = employees.year
        and delivered.nip = employees.nip
where employees.total is null
