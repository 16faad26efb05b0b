-- Attendance that looks arranged, with its unit: a reason to look, never a proof.
-- Grain: government_code, suspicion_code, nip, day.
-- What each code means stands in the model that finds it; a perfect unit's people stand at the
-- first of the month.
with spells as (
    select * from {{ ref('int_employee_spell') }}
),

found as (
    select
        government_code,
        'same_second' as suspicion_code,
        nip,
        day
    from {{ ref('int_same_second') }}
    union all
    select
        government_code,
        'on_leave' as suspicion_code,
        nip,
        day
    from {{ ref('int_punch_on_leave') }}
    union all
    select
        government_code,
        'after_service' as suspicion_code,
        nip,
        day
    from {{ ref('int_punch_after_service') }}
    union all
    select
        government_code,
        'identical_times' as suspicion_code,
        nip,
        day
    from {{ ref('int_identical_times') }}
    union all
    select
        government_code,
        'perfect_unit' as suspicion_code,
        nip,
        month as day
    from {{ ref('int_perfect_unit') }}
),

-- The unit of the day; who is no longer in service was last of this one.
located as (
    select
        found.government_code,
        found.suspicion_code,
        found.nip,
        found.day,
        spells.unit_code,
        row_number() over (
            partition by found.government_code, found.suspicion_code, found.nip, found.day
            order by
                case when found.day between spells.valid_from and spells.valid_to then 0 else 1 end,
                spells.valid_to desc
        ) as nearness_rank
    from found
    inner join spells
        on
            found.government_code = spells.government_code
            and found.nip = spells.nip
),

final as (
    select
        government_code,
        suspicion_code,
        nip,
        day,
        unit_code
    from located
    where nearness_rank = 1
)

select * from final
