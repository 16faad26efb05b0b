-- The attributes that IP-ASN is scored by, one row each, with the rule of the year that each meets.
-- Grain: government_code, year, nip, dimension, attribute.
-- Of the thresholds that an attribute reaches the highest counts. `points` is NULL where the
-- attribute is empty or meets no criterion. The rules are those valid on 31 December.
with delivered as (
    select * from {{ ref('int_ip_asn_person') }}
),

population as (
    select * from {{ ref('int_ip_asn_population') }}
),

rules as (
    select * from {{ ref('stg_ip_asn_rule') }}
),

measured as (
    select
        delivered.*,
        coalesce(delivered.position_type, population.position_type) as scored_as,
        cast(delivered.year || '-12-31' as date) as scored_for
    from delivered
    inner join population
        on
            delivered.government_code = population.government_code
            and delivered.year = population.year
            and delivered.nip = population.nip
),

texts as (
    {% for attribute in ['education', 'leadership_training', 'functional_training', 'sanction'] %}
        select
            government_code,
            year,
            nip,
            scored_as,
            scored_for,
            '{{ attribute }}' as attribute,
            {{ bare_word('cast(' ~ attribute ~ ' as varchar)') }} as as_text
        from measured
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

numbers as (
    {% for attribute in ['technical_training_jp', 'seminars', 'skp_score'] %}
        select
            government_code,
            year,
            nip,
            scored_as,
            scored_for,
            '{{ attribute }}' as attribute,
            cast({{ attribute }} as double) as as_number
        from measured
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

attributes as (
    select
        *,
        cast(null as double) as as_number
    from texts
    union all
    select
        government_code,
        year,
        nip,
        scored_as,
        scored_for,
        attribute,
        cast(null as varchar) as as_text,
        as_number
    from numbers
),

-- The criteria that an attribute could meet, with their points where it does.
criteria as (
    select
        attributes.government_code,
        attributes.year,
        attributes.nip,
        rules.dimension,
        attributes.attribute,
        rules.rule_version,
        rules.points,
        case
            when attributes.as_text = rules.expected_text then 0
            when attributes.as_number >= rules.threshold then rules.threshold
        end as threshold_met
    from attributes
    inner join rules
        on
            attributes.attribute = rules.attribute
            and coalesce(rules.position_type, attributes.scored_as) = attributes.scored_as
            and {{ in_force('rules', 'attributes.government_code', 'attributes.scored_for') }}
),

final as (
    select
        government_code,
        year,
        nip,
        dimension,
        attribute,
        {{ latest_by('rule_version', 'threshold_met') }} as rule_version,
        {{ latest_by('points', 'threshold_met') }} as points
    from criteria
    group by government_code, year, nip, dimension, attribute
)

select * from final
