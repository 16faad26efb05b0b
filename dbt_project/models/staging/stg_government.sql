-- The governments that the rules name, as last known on the run's date. Grain: government_code.
-- One whose row has ended keeps its last name, and one whose row is still to begin has its first: a
-- row that arrived must not lose its government by a date.
with governments as (
    select * from {{ source('raw', 'rule_governments') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

ranked as (
    select
        governments.*,
        row_number() over (
            partition by governments.government_code
            order by
                case
                    when governments.valid_from <= run.as_of_date then governments.valid_from
                end desc nulls last,
                governments.valid_from
        ) as recency_rank
    from governments
    cross join run
),

final as (
    select
        government_code,
        code_system,
        name,
        level,
        time_zone
    from ranked
    where recency_rank = 1
)

select * from final
