{{ config(
    materialized='incremental',
    meta={'slices': 'slice_punch_day', 'day': 'punch_date'}
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
    where
        {{ in_this_part('government_code') }}
        and {{ on_days_of('days', 'government_code', 'cast(punched_at as date)') }}
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

measured as (
    select
        collected.government_code,
        collected.nip,
        collected.punch_date,
        collected.punches,
        repeat_rules.value as repeat_minutes
    from collected
    inner join employees
        on
            collected.government_code = employees.government_code
            and collected.nip = employees.nip
    inner join repeat_rules
        on {{ in_force('repeat_rules', 'collected.government_code', 'collected.punch_date') }}
),

-- Days that end so late that a punch of theirs can hide one of the next morning.
late_days as (
    select
        government_code,
        nip,
        punch_date,
        repeat_minutes,
        {{ drop_repeats('punches', 'repeat_minutes') }} as kept_punches
    from measured
    where
        {{ minutes_after(last_of('punches') ~ '.punched_at', add_days('punch_date', 1)) }}
        < repeat_minutes
),

before_midnight as (
    select
        government_code,
        nip,
        {{ add_days('punch_date', 1) }} as next_date,
        {{ last_of('kept_punches') }} as last_punch
    from late_days
    where
        {{ minutes_after(last_of('kept_punches') ~ '.punched_at', add_days('punch_date', 1)) }}
        < repeat_minutes
),

folded as (
    select
        measured.government_code,
        measured.nip,
        measured.punch_date,
        before_midnight.nip is null as is_undisturbed,
        case
            when before_midnight.nip is null
                then {{ drop_repeats('measured.punches', 'measured.repeat_minutes') }}
            else {{ drop_repeats_after(
                'before_midnight.last_punch', 'measured.punches', 'measured.repeat_minutes'
            ) }}
        end as punches
    from measured
    left join before_midnight
        on
            measured.government_code = before_midnight.government_code
            and measured.nip = before_midnight.nip
            and measured.punch_date = before_midnight.next_date
),

-- Nothing is left of a day only where the evening before hid it: only there the list is counted.
final as (
    select
        government_code,
        nip,
        punch_date,
        punches
    from folded
    where
        {{ in_changed_slice(ref('slice_punch_day'), 'government_code', month_of('punch_date')) }}
        and (is_undisturbed or {{ count_of('punches') }} > 0)
)

select * from final
