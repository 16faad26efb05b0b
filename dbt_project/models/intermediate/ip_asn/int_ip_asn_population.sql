-- Whom IP-ASN measures: PNS and PPPK in service on 31 December, or on the run's date in a running
-- year, for every year with a file, even if all its rows wait. Grain: government_code, year, nip.
with deliveries as (
    select * from {{ ref('stg_delivery') }}
    where source = 'ip_asn'
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

years as (
    select distinct
        deliveries.government_code,
        cast(deliveries.period as integer) as year,
        least(cast(deliveries.period || '-12-31' as date), run.as_of_date) as measured_on
    from deliveries
    cross join run
),

final as (
    select
        years.government_code,
        years.year,
        spells.nip,
        spells.unit_code,
        spells.opd_code,
        spells.position_type
    from years
    inner join spells on {{ in_force('spells', 'years.government_code', 'years.measured_on') }}
    where spells.employee_type in ('PNS', 'PPPK')
)

select * from final
