-- Which slices of int_punch_day are built again. Grain: government_code, month, input.
-- * A delivery touches the months of its punches, as often as it is loaded anew; of its rows those
--   that were not taken back are counted.
-- * A mapping of a PIN touches the months that it covers.
-- * Who is known as an employee touches every month: the punches of others don't count.
-- * A rule touches the months in which it is in force.
-- * A month touches the next one: a punch before midnight hides one after it.
{{ config(post_hook="{{ forget_slices('int_punch_day') }}") }}
with attendance as (
    {{ live_rows('attendance') | indent(4) }}
),

loads as (
    select * from {{ source('raw', 'delivery') }}
),

pins as (
    select * from {{ ref('int_pin_spell') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

rules as (
    select * from {{ source('raw', 'rule_attendance_rules') }}
),

delivered as (
    select
        delivery_id,
        government_code,
        {{ month_of('timestamp') }} as month,
        count(*) as punches
    from attendance
    group by delivery_id, government_code, {{ month_of('timestamp') }}
),

months as (
    select distinct
        government_code,
        month,
        {{ last_day_of('month') }} as last_day
    from delivered
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
    select
        'attendance' as input,
        delivered.government_code,
        delivered.month,
        {{ digest_of_rows(['delivered.delivery_id', 'loads.run_id', 'delivered.punches']) }}
            as digest
    from delivered
    inner join loads on delivered.delivery_id = loads.delivery_id
    group by delivered.government_code, delivered.month
    union all
    {{ digest_of_spells(
        'devices', 'pins', 'valid_from', 'valid_to', ['device_id', 'pin', 'nip'], 'months'
    ) | indent(4) }}
    union all
    {{ digest_of_spells(
        'attendance_rules', 'rules', 'valid_from', 'valid_to', ['rule_code', 'value'], 'months'
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
        'the month before' as input,
        government_code,
        {{ add_months('month', 1) }} as month,
        cast(null as varchar) as digest,
        true as is_changed
    from compared
    where is_changed
)

select * from final
