-- The calendar of each government over its measured months, with the rules of each day.
-- Grain: government_code, day.
-- A working day is one that is no day off (holiday, joint leave, local); on which weekdays
-- somebody works is said by the working hours.
with months as (
    select * from {{ ref('int_government_month') }}
),

days_off as (
    select * from {{ source('raw', 'rule_days_off') }}
),

ramadan as (
    select * from {{ source('raw', 'rule_ramadan') }}
),

attendance_rules as (
    select * from {{ source('raw', 'rule_attendance_rules') }}
),

days as (
    select
        government_code,
        month,
        {{ each_day('month', 'last_day') }} as day
    from months
),

ruled as (
    select
        days.government_code,
        days.month,
        days.day,
        max({{ rule_value('attendance_rules', 'missing_side_minutes') }}) as missing_side_minutes,
        max({{ rule_value('attendance_rules', 'day_minutes') }}) as day_minutes,
        max({{ rule_value('attendance_rules', 'min_evidence') }}) as min_evidence
    from days
    left join attendance_rules
        on {{ in_force('attendance_rules', 'days.government_code', 'days.day') }}
    group by
        days.government_code,
        days.month,
        days.day
),

final as (
    select
        government_code,
        day,
        month,
        {{ iso_weekday('day') }} as weekday,
        case
            when exists (
                select 1
                from ramadan
                where
                    {{ in_force('ramadan', 'ruled.government_code', 'ruled.day') }}
                    and ruled.day between ramadan.first_day and ramadan.last_day
            ) then 'ramadan'
            else 'ordinary'
        end as period,
        not exists (
            select 1
            from days_off
            where
                {{ in_force('days_off', 'ruled.government_code', 'ruled.day') }}
                and ruled.day = days_off.date
        ) as is_working_day,
        missing_side_minutes,
        day_minutes,
        min_evidence
    from ruled
)

select * from final
