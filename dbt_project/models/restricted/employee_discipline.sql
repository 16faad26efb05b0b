-- The PP 94 count of each PNS and CPNS: an indication, never a sanction.
-- Grain: government_code, nip, month.
with absence_counts as (
    select * from {{ ref('int_absence_count') }}
),

final as (
    select
        government_code,
        nip,
        month,
        unit_code,
        unexcused_days_ytd,
        measured_minutes_ytd,
        pp94_days,
        band_code,
        longest_run
    from absence_counts
)

select * from final
