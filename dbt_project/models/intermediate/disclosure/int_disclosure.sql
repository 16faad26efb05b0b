-- Who is hidden: decided here once, for all tables of a family. Grain: government_code, family,
-- period, unit_level, unit_code. period is the wave, the month (YYYY-MM-01) or the year.
-- (1) An OPD that has anybody in the family and fewer than k contributors is hidden.
-- (2) If any is, those with the fewest contributors (ties: the lower unit_code) are hidden too,
--     until at least two are hidden and together have at least k.
-- (3) Where that can't be reached the government is hidden as well.
-- An OPD with nobody in the family has nothing to show and counts for nothing in (2).
-- k stands beside the decision for figures that rest on fewer people than the row (see `enough`).
with survey as (
    select * from {{ ref('int_survey_opd') }}
),

waves as (
    select * from {{ ref('int_survey_wave') }}
),

discipline as (
    select * from {{ ref('int_discipline_unit') }}
    where unit_level = 'opd'
),

ip_asn as (
    select * from {{ ref('int_ip_asn_unit') }}
    where unit_level = 'opd'
),

rules as (
    select * from {{ source('raw', 'rule_disclosure') }}
),

opds as (
    select
        survey.government_code,
        'survey' as family,
        survey.wave as period,
        waves.wave_end_date as decided_for,
        survey.opd_code as unit_code,
        survey.contributors is not null as has_anybody,
        coalesce(survey.contributors, 0) as contributors
    from survey
    inner join waves
        on
            survey.government_code = waves.government_code
            and survey.wave = waves.wave
    union all
    select
        government_code,
        'discipline' as family,
        cast(month as varchar) as period,
        {{ month_end('month') }} as decided_for,
        unit_code,
        employees > 0 as has_anybody,
        employees as contributors
    from discipline
    union all
    select
        government_code,
        'ip_asn' as family,
        cast(year as varchar) as period,
        cast(year || '-12-31' as date) as decided_for,
        unit_code,
        scored > 0 as has_anybody,
        scored as contributors
    from ip_asn
),

-- Without a rule row there is no k, and nothing is shown.
small as (
    select
        opds.*,
        rules.k,
        opds.has_anybody and coalesce(opds.contributors < rules.k, true) as is_small
    from opds
    left join rules
        on
            opds.family = rules.family
            and {{ in_force('rules', 'opds.government_code', 'opds.decided_for') }}
),

-- The order in which OPDs are hidden: the small ones first, then by contributors.
ordered as (
    select
        *,
        max(case when is_small then 1 else 0 end) over (
            partition by government_code, family, period
        ) = 1 as has_small,
        row_number() over (
            partition by government_code, family, period
            order by is_small desc, contributors asc, unit_code asc
        ) - 1 as opds_before,
        coalesce(
            sum(contributors) over (
                partition by government_code, family, period
                order by is_small desc, contributors asc, unit_code asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as contributors_before
    from small
    where has_anybody
),

decided as (
    select
        *,
        is_small or (has_small and (opds_before < 2 or contributors_before < k)) as is_hidden
    from ordered
),

governments as (
    select
        government_code,
        family,
        period,
        sum(case when is_hidden then 1 else 0 end) as hidden_opds,
        sum(case when is_hidden then contributors else 0 end) as hidden_contributors,
        max(k) as k
    from decided
    group by government_code, family, period
),

every_government as (
    select distinct
        government_code,
        family,
        period
    from opds
),

final as (
    select
        small.government_code,
        small.family,
        small.period,
        'opd' as unit_level,
        small.unit_code,
        coalesce(decided.is_hidden, false) as is_hidden,
        not small.has_anybody as has_nobody,
        small.k
    from small
    left join decided
        on
            small.government_code = decided.government_code
            and small.family = decided.family
            and small.period = decided.period
            and small.unit_code = decided.unit_code
    union all
    select
        every_government.government_code,
        every_government.family,
        every_government.period,
        'government' as unit_level,
        every_government.government_code as unit_code,
        coalesce(
            governments.hidden_opds > 0
            and (
                governments.hidden_opds < 2
                or coalesce(governments.hidden_contributors < governments.k, true)
            ),
            false
        ) as is_hidden,
        governments.government_code is null as has_nobody,
        governments.k
    from every_government
    left join governments
        on
            every_government.government_code = governments.government_code
            and every_government.family = governments.family
            and every_government.period = governments.period
)

select * from final
