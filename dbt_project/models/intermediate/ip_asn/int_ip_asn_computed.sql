-- The four dimensions of IP-ASN from attributes. Grain: government_code, year, nip.
-- A dimension is the sum of the points of the attributes that the rule names for the post; it is
-- NULL where one of them is unknown.
with attributes as (
    select * from {{ ref('int_ip_asn_attribute') }}
),

dimensions as (
    select
        government_code,
        year,
        nip,
        dimension,
        min(rule_version) as first_version,
        max(rule_version) as last_version,
        case when count(points) = count(*) then {{ steady_sum('points') }} end as points
    from attributes
    group by government_code, year, nip, dimension
),

final as (
    select
        government_code,
        year,
        nip,
        max(case when dimension = 'kualifikasi' then points end) as kualifikasi,
        max(case when dimension = 'kompetensi' then points end) as kompetensi,
        max(case when dimension = 'kinerja' then points end) as kinerja,
        max(case when dimension = 'disiplin' then points end) as disiplin,
        case
            when min(first_version) = max(last_version) then min(first_version)
            else 'mixed'
        end as rule_version
    from dimensions
    group by government_code, year, nip
)

select * from final
