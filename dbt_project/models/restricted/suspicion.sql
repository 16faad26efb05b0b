-- Attendance that looks arranged, for those whose duty it is: a reason to look, never a proof.
-- Grain: government_code, suspicion_code, nip, date.
with suspicions as (
    select * from {{ ref('int_suspicion') }}
),

final as (
    select
        government_code,
        suspicion_code,
        nip,
        day as date,
        unit_code
    from suspicions
)

select * from final
