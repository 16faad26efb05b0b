-- What was delivered about IP-ASN. Grain: government_code, year, delivery_number, row_number.
-- A row names an employee by nip, or by name and unit: int_ip_asn_person settles who it is.
with employees as (
    {{ live_rows('ip_asn') | indent(4) }}
),

final as (
    select
        government_code,
        year,
        delivery_number,
        file_sha256,
        row_number,
        nip,
        person_name,
        unit_name,
        kualifikasi,
        kompetensi,
        kinerja,
        disiplin,
        total,
        education,
        position_type,
        leadership_training,
        functional_training,
        technical_training_jp,
        seminars,
        skp_score,
        sanction
    from employees
)

select * from final
