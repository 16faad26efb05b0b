-- The IP-ASN of everybody whom it measures. Grain: government_code, year, nip.
-- Where a file gives all four dimensions, these count; else they are computed from attributes by
-- the rule version of the year. The total is the sum of the parts, whatever total was printed.
-- Employees without all four dimensions have none of them and are not scored.
with population as (
    select * from {{ ref('int_ip_asn_population') }}
),

delivered as (
    select * from {{ ref('int_ip_asn_person') }}
),

computed as (
    select * from {{ ref('int_ip_asn_computed') }}
),

given as (
    select
        government_code,
        year,
        nip,
        kualifikasi,
        kompetensi,
        kinerja,
        disiplin,
        'given' as rule_version,
        'given' as origin
    from delivered
    where
        kualifikasi is not null
        and kompetensi is not null
        and kinerja is not null
        and disiplin is not null
),

scores as (
    select * from given
    union all
    select
        computed.government_code,
        computed.year,
        computed.nip,
        computed.kualifikasi,
        computed.kompetensi,
        computed.kinerja,
        computed.disiplin,
        computed.rule_version,
        'attributes' as origin
    from computed
    left join given
        on
            computed.government_code = given.government_code
            and computed.year = given.year
            and computed.nip = given.nip
    where
        given.nip is null
        and computed.kualifikasi is not null
        and computed.kompetensi is not null
        and computed.kinerja is not null
        and computed.disiplin is not null
),

final as (
    select
        population.government_code,
        population.year,
        population.nip,
        population.unit_code,
        population.opd_code,
        scores.kualifikasi,
        scores.kompetensi,
        scores.kinerja,
        scores.disiplin,
        scores.kualifikasi + scores.kompetensi + scores.kinerja + scores.disiplin as total,
        scores.rule_version,
        scores.origin
    from population
    left join scores
        on
            population.government_code = scores.government_code
            and population.year = scores.year
            and population.nip = scores.nip
)

select * from final
