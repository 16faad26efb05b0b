-- Which slices of int_scheduled_day are built again. Grain: government_code, month, input.
-- What touches the schedule or the punches of a month touches it; a day of leave and the punches of
-- a shift over midnight touch the month of their day.
with shift_punches as (
    select * from {{ ref('int_shift_punch') }}
),

leave_days as (
    select * from {{ ref('int_leave_day') }}
),

digests as (
    {{ digest_of_days('night_shifts', 'shift_punches', 'day', ['nip', 'punches']) | indent(4) }}
    union all
    {{ digest_of_days(
        'leave', 'leave_days', 'day', ['nip', 'counts_as', 'delivery_id', 'row_number']
    ) | indent(4) }}
),

compared as (
    {{ differing('int_scheduled_day', 'digests') | indent(4) }}
),

final as (
    select * from compared
    union all
    {{ built_again('schedule', ref('slice_schedule')) | indent(4) }}
    union all
    {{ built_again('punches', ref('slice_punch_day')) | indent(4) }}
)

select * from final
