{{ config(severity='warn', meta={
    'severity': 'warning',
    'subject': 'int_employee_ip_asn',
    'id': 'Skor dimensi yang diberikan berbeda dari yang dihitung dari atributnya; yang diberikan'
    ~ ' yang dihitung',
    'en': 'Given dimension scores differ from those computed from attributes; the given ones count',
}) }}
select
    given.government_code,
    given.year
from {{ ref('int_employee_ip_asn') }} as given
inner join {{ ref('int_ip_asn_computed') }} as computed
    on
        given.government_code = computed.government_code
        and given.year = computed.year
        and given.nip = computed.nip
where
    given.origin = 'given'
    and (
        {{ half_up('given.kualifikasi') }} != {{ half_up('computed.kualifikasi') }}
        or {{ half_up('given.kompetensi') }} != {{ half_up('computed.kompetensi') }}
        or {{ half_up('given.kinerja') }} != {{ half_up('computed.kinerja') }}
        or {{ half_up('given.disiplin') }} != {{ half_up('computed.disiplin') }}
    )
