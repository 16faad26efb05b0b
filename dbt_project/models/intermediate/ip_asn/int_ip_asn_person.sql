-- What was told last about each employee's IP-ASN. Grain: government_code, year, nip.
-- A row without nip counts for the employee whom int_ip_asn_match finds, else it waits.
with delivered as (
    select * from {{ ref('stg_ip_asn') }}
),

matches as (
    select * from {{ ref('int_ip_asn_match') }}
),

known as (
    select
        delivered.*,
        coalesce(delivered.nip, matches.nip) as known_nip
    from delivered
    left join matches
        on
            delivered.government_code = matches.government_code
            and delivered.year = matches.year
            and delivered.delivery_number = matches.delivery_number
            and delivered.row_number = matches.row_number
),

ranked as (
    select
        *,
        row_number() over (
            partition by government_code, year, known_nip
            order by delivery_number desc, row_number desc
        ) as age_rank
    from known
    where known_nip is not null
),

final as (
    select
        government_code,
        year,
        known_nip as nip,
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
        sanction,
        file_sha256,
        row_number
    from ranked
    where age_rank = 1
)

select * from final
