-- IP-ASN of each employee scored, for those whose duty it is. Grain: government_code, nip, year.
with employees as (
    select * from {{ ref('int_employee_ip_asn') }}
),

final as (
    select
        government_code,
        nip,
        year,
        unit_code,
        kualifikasi,
        kompetensi,
        kinerja,
        disiplin,
        total,
        rule_version,
        origin
    from employees
    where total is not null
)

select * from final
