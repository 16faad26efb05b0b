{{ config(
    materialized='incremental',
    pre_hook="{{ drop_slices(ref('slice_punch_day'), 'punch_date') }}"
) }}
-- The punches of each employee on each calendar day, freed of repeats.
-- Grain: government_code, nip, punch_date.
-- Rule: a punch less than `repeat_minutes` after the one kept before it is the same punch.
-- A day's punches are folded as a list inside one hash aggregate: window functions or `distinct`
-- over all punches took half as long again and more.
with slices as (
    select
        government_code,
        month
    from {{ ref('slice_punch_day') }}
    where is_changed
),

-- The last day before a slice, too: a punch of it may hide one of the slice's first morning.
days as (
    select distinct
        government_code,
        {{ each_day(add_days('month', -1), last_day_of('month')) }} as punch_date
    from slices
),

punches as (
    select *
    from {{ ref('int_punch') }}
    where {{ on_days_of('days', 'government_code', 'cast(punched_at as date)') }}
),

employees as (
    select distinct
        government_code,
        nip
    from {{ ref('int_employee_spell') }}
),

repeat_rules as (
    select *
    from {{ source('raw', 'rule_attendance_rules') }}
    where rule_code = 'repeat_minutes'
),

collected as (
    select
        government_code,
        nip,
        cast(punched_at as date) as punch_date,
        {{ collect_punches('punched_at', 'delivery_id', 'row_number') }} as punches
    from punches
    group by
        government_code,
        nip,
        cast(punched_at as date)
),

folded as (
    select
        collected.government_code,
        collected.nip,
        collected.punch_date,
        repeat_rules.value as repeat_minutes,
        collected.punches as all_punches,
        {{ drop_repeats('collected.punches', 'repeat_rules.value') }} as punches
    from collected
    inner join employees
        on
            collected.government_code = employees.government_code
            and collected.nip = employees.nip
    inner join repeat_rules
        on {{ in_force('repeat_rules', 'collected.government_code', 'collected.punch_date') }}
),

-- The last punch kept on a day, where it can hide a punch of the next morning.
before_midnight as (
    select
        government_code,
        nip,
        {{ add_days('punch_date', 1) }} as next_date,
        {{ last_of('punches') }} as last_punch
    from folded
    where
        {{ minutes_after(last_of('punches') ~ '.punched_at', add_days('punch_date', 1)) }}
        < repeat_minutes
),

final as (
    select
        folded.government_code,
        folded.nip,
        folded.punch_date,
        case
            when before_midnight.last_punch is null then folded.punches
            else {{ drop_repeats_after(
                'before_midnight.last_punch', 'folded.all_punches', 'folded.repeat_minutes'
            ) }}
        end as punches
    from folded
    left join before_midnight
        on
            folded.government_code = before_midnight.government_code
            and folded.nip = before_midnight.nip
            and folded.punch_date = before_midnight.next_date
)

select * from final
where
    {{ count_of('punches') }} > 0
    and {{ in_changed_slice(ref('slice_punch_day'), 'government_code', month_of('punch_date')) }}
