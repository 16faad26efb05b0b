-- Spells that follow from successive snapshots. Grain: government_code, nip, valid_from.
-- First seen: a spell since the first appointment (TMT CPNS). Another unit, type of employment or
-- kind of post in the next snapshot: the new spell begins with the post (TMT JABATAN) if that lies
-- between the two days, else on the day of the later one, and the old one ends the day before.
-- Absent from the next snapshot: ended the day before it; who comes back begins anew.
with people as (
    select
        *,
        coalesce(unit_code, unit_name) as unit
    from {{ ref('stg_employee_snapshot') }}
),

snapshots as (
    select distinct
        government_code,
        snapshot_number,
        snapshot_date
    from people
),

compared as (
    select
        people.*,
        before.snapshot_date as snapshot_date_before,
        lag(people.snapshot_number) over (
            partition by people.government_code, people.nip order by people.snapshot_number
        ) as seen_before,
        lag(people.unit) over (
            partition by people.government_code, people.nip order by people.snapshot_number
        ) as unit_before,
        lag(people.employee_type) over (
            partition by people.government_code, people.nip order by people.snapshot_number
        ) as employee_type_before,
        lag(people.position_type) over (
            partition by people.government_code, people.nip order by people.snapshot_number
        ) as position_type_before
    from people
    left join snapshots as before
        on
            people.government_code = before.government_code
            and people.snapshot_number = before.snapshot_number + 1
),

stepped as (
    select
        *,
        case
            when seen_before is null then 'first'
            when seen_before < snapshot_number - 1 then 'back'
            when
                unit = unit_before
                and employee_type = employee_type_before
                and coalesce(position_type, '') = coalesce(position_type_before, '')
                then 'same'
            else 'moved'
        end as step
    from compared
),

numbered as (
    select
        *,
        sum(case when step = 'same' then 0 else 1 end) over (
            partition by government_code, nip order by snapshot_number
        ) as spell_number
    from stepped
),

seen as (
    select
        government_code,
        nip,
        spell_number,
        max(snapshot_number) as last_seen,
        max(delivery_number) as delivery_number
    from numbered
    group by government_code, nip, spell_number
),

begun as (
    select
        government_code,
        nip,
        spell_number,
        step,
        unit_code,
        unit_name,
        employee_type,
        position_type,
        case
            when step = 'first' then coalesce(appointed_on, snapshot_date)
            when
                in_post_since > snapshot_date_before and in_post_since <= snapshot_date
                then in_post_since
            else snapshot_date
        end as valid_from
    from numbered
    where step <> 'same'
),

spells as (
    select
        begun.*,
        seen.last_seen,
        seen.delivery_number,
        lead(begun.step) over (
            partition by begun.government_code, begun.nip order by begun.spell_number
        ) as next_step,
        lead(begun.valid_from) over (
            partition by begun.government_code, begun.nip order by begun.spell_number
        ) as next_valid_from
    from begun
    inner join seen
        on
            begun.government_code = seen.government_code
            and begun.nip = seen.nip
            and begun.spell_number = seen.spell_number
),

final as (
    select
        spells.government_code,
        spells.nip,
        spells.unit_code,
        spells.unit_name,
        spells.employee_type,
        spells.position_type,
        spells.delivery_number,
        spells.valid_from,
        case
            when spells.next_step = 'moved' then {{ add_days('spells.next_valid_from', -1) }}
            else {{ open_to(add_days('missed.snapshot_date', -1)) }}
        end as valid_to
    from spells
    left join snapshots as missed
        on
            spells.government_code = missed.government_code
            and spells.last_seen = missed.snapshot_number - 1
)

select * from final
