-- IP-ASN of every OPD and government, whether it may be shown or not. Grain: government_code,
-- unit_level, unit_code, year. Means over the employees scored.
with employees as (
    select * from {{ ref('int_employee_ip_asn') }}
),

years as (
    select distinct
        government_code,
        cast(period as integer) as year
    from {{ ref('stg_delivery') }}
    where source = 'ip_asn'
),

-- The government has a row for every year with a file, even if it has no employee yet.
by_unit as (
    select
        *,
        'opd' as unit_level,
        opd_code as measured_unit_code
    from employees
    union all
    select
        employees.*,
        'government' as unit_level,
        employees.government_code as measured_unit_code
    from employees
),

measured as (
    select
        government_code,
        unit_level,
        measured_unit_code as unit_code,
        year,
        count(*) as employees,
        count(total) as scored,
        {{ steady_mean('kualifikasi') }} as kualifikasi,
        {{ steady_mean('kompetensi') }} as kompetensi,
        {{ steady_mean('kinerja') }} as kinerja,
        {{ steady_mean('disiplin') }} as disiplin,
        {{ steady_mean('total') }} as ip_asn_score,
        case
            when min(rule_version) = max(rule_version) then min(rule_version)
            when max(rule_version) is not null then 'mixed'
        end as rule_version
    from by_unit
    group by government_code, unit_level, measured_unit_code, year
),

final as (
    select
        government_code,
        unit_level,
        unit_code,
        year,
        employees,
        scored,
        kualifikasi,
        kompetensi,
        kinerja,
        disiplin,
        ip_asn_score,
        rule_version
    from measured
    union all
    select
        years.government_code,
        'government' as unit_level,
        years.government_code as unit_code,
        years.year,
        0 as employees,
        0 as scored,
        null as kualifikasi,
        null as kompetensi,
        null as kinerja,
        null as disiplin,
        null as ip_asn_score,
        null as rule_version
    from years
    left join measured
        on
            years.government_code = measured.government_code
            and years.year = measured.year
    where measured.year is null
)

select * from final
