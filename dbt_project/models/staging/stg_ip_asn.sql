-- What was delivered about each employee's IP-ASN, as last told. Grain: government_code, year, nip.
with employees as (
    {{ current_rows('ip_asn', ['year', 'nip']) | indent(4) }}
),

final as (
    select
        government_code,
        year,
        nip,
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
