-- The months that attendance is measured for: from the month of a government's first punch to
-- that of its last. Grain: government_code, month.
-- A rule that scores a month is the one in force on its last day.
with punch_days as (
    select * from {{ ref('int_punch_day') }}
),

attendance_rules as (
    select * from {{ source('raw', 'rule_attendance_rules') }}
),

bounds as (
    select
        government_code,
        min(punch_date) as first_date,
        max(punch_date) as last_date
    from punch_days
    group by government_code
),

days as (
    select
        government_code,
        {{ each_day(month_of('first_date'), month_of('last_date')) }} as day
    from bounds
),

months as (
    select
        government_code,
        day as month,
        {{ last_day_of('day') }} as last_day
    from days
    where day = {{ month_of('day') }}
),

final as (
    select
        months.government_code,
        months.month,
        months.last_day,
        max({{ rule_value('attendance_rules', 'day_minutes') }}) as day_minutes,
        max({{ rule_value('attendance_rules', 'min_coverage') }}) as min_coverage,
        max({{ rule_value('attendance_rules', 'presence_weight') }}) as presence_weight,
        max({{ rule_value('attendance_rules', 'apel_weight') }}) as apel_weight,
        max({{ rule_value('attendance_rules', 'pp94_minutes') }}) as pp94_minutes
    from months
    left join attendance_rules
        on {{ in_force('attendance_rules', 'months.government_code', 'months.last_day') }}
    group by
        months.government_code,
        months.month,
        months.last_day
)

select * from final
