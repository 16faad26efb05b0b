-- PNS and CPNS of a government by band of unexcused days since 1 January: an indication under
-- PP 94/2021, never a sanction. Grain: government_code, month, band_code; zeros included.
-- Published for the government only; hidden where its discipline is.
with months as (
    select * from {{ ref('int_government_month') }}
),

bands as (
    select * from {{ source('raw', 'rule_absence_bands') }}
),

counts as (
    select
        government_code,
        month,
        band_code,
        count(*) as employees
    from {{ ref('int_absence_count') }}
    group by
        government_code,
        month,
        band_code
),

disclosure as (
    select * from {{ ref('int_disclosure') }}
    where
        family = 'discipline'
        and unit_level = 'government'
),

decided as (
    select
        months.government_code,
        months.month,
        bands.band_code,
        coalesce(counts.employees, 0) as employees,
        coalesce(disclosure.is_hidden or disclosure.has_nobody, true) as suppressed
    from months
    inner join bands
        on {{ in_force('bands', 'months.government_code', 'months.last_day') }}
    left join counts
        on
            months.government_code = counts.government_code
            and months.month = counts.month
            and bands.band_code = counts.band_code
    left join disclosure
        on
            months.government_code = disclosure.government_code
            and cast(months.month as varchar) = disclosure.period
),

final as (
    select
        government_code,
        month,
        band_code,
        case when not suppressed then employees end as employees,
        suppressed
    from decided
)

select * from final
