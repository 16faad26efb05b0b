-- Governments with the code system that their code belongs to. Grain: government_code.
with governments as (
    select * from {{ ref('stg_government') }}
),

final as (
    select
        government_code,
        code_system,
        name,
        level,
        time_zone
    from governments
)

select * from final
