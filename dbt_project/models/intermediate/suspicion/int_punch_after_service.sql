-- Somebody punched after the last spell of service had ended.
-- Grain: government_code, nip, day.
with punch_days as (
    select * from {{ ref('int_punch_day') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

ends as (
    select
        government_code,
        nip,
        max(valid_to) as last_day
    from spells
    group by government_code, nip
),

final as (
    select
        punch_days.government_code,
        punch_days.nip,
        punch_days.punch_date as day
    from punch_days
    inner join ends
        on
            punch_days.government_code = ends.government_code
            and punch_days.nip = ends.nip
            and punch_days.punch_date > ends.last_day
)

select * from final
