-- Shifts over midnight, with the stretch of time whose punches they own.
-- Grain: government_code, nip, day (the day on which the shift began).
-- Rule: from four hours before the start to four hours after the end. Where less than eight
-- hours lie between two such shifts, the middle between them is the border.
with schedule as (
    select *
    from {{ ref('int_schedule') }}
    where cast(ends_at as date) > day
),

neighbours as (
    select
        *,
        lag(ends_at) over (partition by government_code, nip order by day) as earlier_ends_at,
        lead(starts_at) over (partition by government_code, nip order by day) as later_starts_at
    from schedule
),

bounded as (
    select
        government_code,
        nip,
        day,
        {{ add_hours('starts_at', -4) }} as natural_from,
        {{ add_hours('ends_at', 4) }} as natural_to,
        {{ half_way('earlier_ends_at', 'starts_at') }} as border_before,
        {{ half_way('ends_at', 'later_starts_at') }} as border_after
    from neighbours
),

-- `owns_until` is the first moment that is no longer owned: the border itself belongs to the
-- later shift, the end of the fourth hour still to this one.
final as (
    select
        government_code,
        nip,
        day,
        greatest(natural_from, coalesce(border_before, natural_from)) as owns_from,
        case
            when border_after <= natural_to then border_after
            else {{ just_after('natural_to') }}
        end as owns_until
    from bounded
)

select * from final
