{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'mart_ip_asn',
    'id': 'Pegawai berskor IP-ASN semuanya masuk ke angka pemerintah daerah',
    'en': 'All employees with a score of IP-ASN are in the figure of the government',
}) }}
-- One row per government and year that differ.
with people as (
    select
        government_code,
        year,
        count(total) as scored
    from {{ ref('int_employee_ip_asn') }}
    group by government_code, year
),

published as (
    select
        government_code,
        year,
        sum(scored) as scored
    from {{ ref('mart_ip_asn') }}
    where unit_level = 'government'
    group by government_code, year
)

select
    people.government_code,
    people.year
from people
left join published
    on
        people.government_code = published.government_code
        and people.year = published.year
where people.scored != coalesce(published.scored, 0)
