-- Which slices of int_schedule are built again. Grain: government_code, month, input.
-- A spell touches the measured months that it covers, an hour of work and a roster that of their
-- day; a day off takes hours away.
with spells as (
    select * from {{ ref('int_employee_spell') }}
),

months as (
    select * from {{ ref('int_government_month') }}
),

working_hours as (
    select * from {{ ref('int_working_hours') }}
),

rosters as (
    select * from {{ ref('stg_roster') }}
),

digests as (
    {{ digest_of_spells(
        'employees', 'spells', 'valid_from', 'valid_to',
        ['nip', 'unit_code', 'opd_code', 'employee_type'], 'months'
    ) | indent(4) }}
    union all
    {{ digest_of_days(
        'working_hours', 'working_hours', 'day',
        ['unit_code', 'opd_code', 'employee_type', 'start_time', 'end_time']
    ) | indent(4) }}
    union all
    {{ digest_of_days('rosters', 'rosters', 'day', ['nip', 'start_time', 'end_time'])
        | indent(4) }}
),

final as (
    {{ differing('int_schedule', 'digests') | indent(4) }}
)

select * from final
