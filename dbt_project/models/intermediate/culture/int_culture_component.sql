-- The three components of each culture score, with their weights. Grain: government_code,
-- unit_level, unit_code, month.
-- Rows: every OPD with somebody in service in the month, and the government, for the months that
-- the government has in mart_discipline. Survey: of the government's latest closed wave that ended
-- by the month's end and not too long ago; IP-ASN: of the latest year that ended by then and not
-- too long ago (max_age of the rule); discipline: of the month itself.
-- `is_hidden` where one of them is suppressed. Of each: `hidden` where somebody is behind it and it
-- may not be shown, `missing` where there is no figure to hide.
with survey as (
    select * from {{ ref('mart_survey') }}
),

waves as (
    select * from {{ ref('int_survey_wave') }}
),

discipline as (
    select * from {{ ref('mart_discipline') }}
),

ip_asn as (
    select * from {{ ref('mart_ip_asn') }}
),

weights as (
    select * from {{ ref('int_culture_weight') }}
),

units as (
    select * from {{ ref('int_culture_unit') }}
),

latest_wave as (
    select
        weights.government_code,
        weights.month,
        waves.wave,
        row_number() over (
            partition by weights.government_code, weights.month
            order by waves.wave_end_date desc, waves.wave desc
        ) as recency_rank
    from weights
    inner join waves
        on
            weights.government_code = waves.government_code
            and weights.month_end >= waves.wave_end_date
            and (
                weights.survey_max_age is null
                or {{ add_days('waves.wave_end_date', 'weights.survey_max_age') }}
                >= weights.month_end
            )
    where not waves.is_open
),

years as (
    select distinct
        government_code,
        year
    from ip_asn
),

latest_year as (
    select
        weights.government_code,
        weights.month,
        max(years.year) as year
    from weights
    inner join years
        on
            weights.government_code = years.government_code
            and weights.month_end >= cast(years.year || '-12-31' as date)
            and (
                weights.ip_asn_max_age is null
                or extract(year from weights.month) - years.year <= weights.ip_asn_max_age
            )
    group by weights.government_code, weights.month
),

final as (
    select
        units.government_code,
        units.unit_level,
        units.unit_code,
        units.month,
        weights.month_end,
        survey.survey_score,
        latest_wave.wave as survey_wave,
        discipline.discipline_score,
        ip_asn.ip_asn_score,
        latest_year.year as ip_asn_year,
        weights.survey_weight,
        weights.discipline_weight,
        weights.ip_asn_weight,
        coalesce(survey.suppressed, false)
        or coalesce(discipline.suppressed, false)
        or coalesce(ip_asn.suppressed, false) as is_hidden,
        {{ why_empty('survey', 'survey_score', 'respondents') }} as survey_empty,
        {{ why_empty('discipline', 'discipline_score', 'employees') }} as discipline_empty,
        {{ why_empty('ip_asn', 'ip_asn_score', 'scored') }} as ip_asn_empty
    from units
    inner join weights
        on
            units.government_code = weights.government_code
            and units.month = weights.month
    left join latest_wave
        on
            units.government_code = latest_wave.government_code
            and units.month = latest_wave.month
            and latest_wave.recency_rank = 1
    left join survey
        on
            units.government_code = survey.government_code
            and units.unit_level = survey.unit_level
            and units.unit_code = survey.unit_code
            and latest_wave.wave = survey.wave
    left join discipline
        on
            units.government_code = discipline.government_code
            and units.unit_level = discipline.unit_level
            and units.unit_code = discipline.unit_code
            and units.month = discipline.month
    left join latest_year
        on
            units.government_code = latest_year.government_code
            and units.month = latest_year.month
    left join ip_asn
        on
            units.government_code = ip_asn.government_code
            and units.unit_level = ip_asn.unit_level
            and units.unit_code = ip_asn.unit_code
            and latest_year.year = ip_asn.year
)

select * from final
