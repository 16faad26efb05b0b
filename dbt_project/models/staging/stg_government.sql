-- The governments that the rules name as of the run's date. Grain: government_code.
with governments as (
    select * from {{ source('raw', 'rule_governments') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

final as (
    select
        governments.government_code,
        governments.code_system,
        governments.name,
        governments.level,
        governments.time_zone
    from governments
    inner join run
        on run.as_of_date between governments.valid_from and governments.valid_to
)

select * from final
