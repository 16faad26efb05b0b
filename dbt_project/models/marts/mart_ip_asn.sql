-- IP-ASN by unit and year. Grain: government_code, unit_level, unit_code, year.
-- The category is that of the highest band whose lower bound the score reaches; in_band_gap marks
-- a score between two printed bands, for which the regulation names no category.
with units as (
    select * from {{ ref('int_ip_asn_unit') }}
),

disclosure as (
    select * from {{ ref('int_disclosure') }}
    where family = 'ip_asn'
),

bands as (
    select * from {{ ref('stg_index_band') }}
),

judged as (
    select
        units.*,
        bands.category,
        {{ half_up('units.ip_asn_score') }} > bands.printed_upper_bound as in_band_gap,
        coalesce(disclosure.is_hidden or disclosure.has_nobody, true) as suppressed
    from units
    left join disclosure
        on
            units.government_code = disclosure.government_code
            and cast(units.year as varchar) = disclosure.period
            and units.unit_level = disclosure.unit_level
            and units.unit_code = disclosure.unit_code
    left join bands
        on {{ falls_into(
            'units.ip_asn_score',
            'bands',
            "'ip_asn'",
            'units.government_code',
            "cast(units.year || '-12-31' as date)"
        ) }}
),

final as (
    select
        government_code,
        unit_level,
        unit_code,
        year,
        employees,
        scored,
        {{ rate('scored', 'employees') }} as coverage,
        {{ shown('kualifikasi') }} as kualifikasi,
        {{ shown('kompetensi') }} as kompetensi,
        {{ shown('kinerja') }} as kinerja,
        {{ shown('disiplin') }} as disiplin,
        {{ shown('ip_asn_score') }} as ip_asn_score,
        {{ shown('category') }} as category,
        {{ shown('in_band_gap') }} as in_band_gap,
        {{ shown('rule_version') }} as rule_version,
        suppressed
    from judged
)

select * from final
