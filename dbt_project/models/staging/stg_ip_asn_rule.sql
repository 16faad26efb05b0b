-- The points of IP-ASN with each criterion taken apart. Grain: government_code, position_type,
-- dimension, criterion, valid_from.
-- A criterion is `<attribute>=<value>` or `<attribute>>=<number>`; the one has `expected_text`,
-- the other `threshold`. An empty position_type means all.
with rules as (
    select * from {{ source('raw', 'rule_ip_asn_rules') }}
),

located as (
    select
        *,
        position('>=' in criterion) as threshold_at,
        position('=' in criterion) as equals_at
    from rules
),

final as (
    select
        government_code,
        rule_version,
        position_type,
        dimension,
        criterion,
        case
            when threshold_at > 0 then trim(substr(criterion, 1, threshold_at - 1))
            else trim(substr(criterion, 1, equals_at - 1))
        end as attribute,
        case
            when threshold_at > 0 then cast(substr(criterion, threshold_at + 2) as double)
        end as threshold,
        case
            when threshold_at = 0 then {{ bare_word('substr(criterion, equals_at + 1)') }}
        end as expected_text,
        points,
        valid_from,
        valid_to
    from located
)

select * from final
