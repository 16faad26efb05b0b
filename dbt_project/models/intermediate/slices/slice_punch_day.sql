-- Which slices of int_punch_day are built again. Grain: government_code, month, input.
-- * A row of a file touches the month of its punch, if it counts: what is loaded anew, taken back
--   or erased differs from what was built.
-- * A mapping of a PIN touches the months that it covers.
-- * Who is known as an employee touches every month: the punches of others don't count.
-- * The rule of repeats touches the months in which it is in force.
-- * A month touches the next one: a punch before midnight hides one after it.
with attendance as (
    {{ live_rows('attendance') | indent(4) }}
),

pins as (
    select * from {{ ref('int_pin_spell') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

repeat_rules as (
    select *
    from {{ source('raw', 'rule_attendance_rules') }}
    where rule_code = 'repeat_minutes'
),

punches as (
    {{ digest_of_days(
        'attendance', 'attendance', 'timestamp',
        ['delivery_id', 'row_number', 'nip', 'device_id', 'pin']
    ) | indent(4) }}
),

months as (
    select
        government_code,
        month,
        {{ last_day_of('month') }} as last_day
    from punches
),

employees as (
    select
        government_code,
        {{ digest_of_rows(['nip']) }} as digest
    from (
        select distinct
            government_code,
            nip
        from spells
    ) as known
    group by government_code
),

digests as (
    select * from punches
    union all
    {{ digest_of_spells(
        'devices', 'pins', 'valid_from', 'valid_to', ['device_id', 'pin', 'nip'], 'months'
    ) | indent(4) }}
    union all
    {{ digest_of_spells(
        'attendance_rules', 'repeat_rules', 'valid_from', 'valid_to', ['value'], 'months'
    ) | indent(4) }}
    union all
    select
        'employees' as input,
        months.government_code,
        months.month,
        employees.digest
    from months
    inner join employees on months.government_code = employees.government_code
),

compared as (
    {{ differing('int_punch_day', 'digests') | indent(4) }}
),

final as (
    select * from compared
    union all
    select distinct
        'month_before' as input,
        government_code,
        {{ add_months('month', 1) }} as month,
        cast(null as varchar) as digest,
        true as is_changed
    from compared
    where is_changed
)

select * from final
