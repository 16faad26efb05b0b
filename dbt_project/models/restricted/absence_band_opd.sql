-- PNS and CPNS of an OPD by band of unexcused days since 1 January; bands with nobody are left
-- out. Grain: government_code, unit_code, month, band_code.
with absence_counts as (
    select * from {{ ref('int_absence_count') }}
),

final as (
    select
        government_code,
        opd_code as unit_code,
        month,
        band_code,
        count(*) as employees
    from absence_counts
    group by
        government_code,
        opd_code,
        month,
        band_code
)

select * from final
