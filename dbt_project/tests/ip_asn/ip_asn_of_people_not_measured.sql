{{ config(severity='warn', meta={
    'severity': 'info',
    'subject': 'int_employee_ip_asn',
    'id': 'Baris IP-ASN di luar PNS dan PPPK yang bertugas pada hari ukur, atau yang NIP-nya belum'
    ~ ' dikenal, tidak dihitung',
    'en': 'IP-ASN rows of anybody but PNS and PPPK in service on the day of measurement, or of a'
    ~ ' NIP not known yet, are not counted',
}) }}
select
    delivered.government_code,
    delivered.year
from {{ ref('int_ip_asn_person') }} as delivered
left join {{ ref('int_ip_asn_population') }} as population
    on
        delivered.government_code = population.government_code
        and delivered.year = population.year
        and delivered.nip = population.nip
where population.nip is null
