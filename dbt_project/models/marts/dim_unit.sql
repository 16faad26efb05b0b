-- Units as last known, and the government itself. Grain: government_code, unit_code.
-- Names and parent are those of the unit's last spell; opd_code is the OPD that it belonged to
-- last while it lasted.
with units as (
    select * from {{ ref('stg_unit') }}
),

unit_opds as (
    select * from {{ ref('int_unit_opd') }}
),

governments as (
    select * from {{ ref('stg_government') }}
),

spells as (
    select
        *,
        row_number() over (
            partition by government_code, unit_code order by valid_from desc
        ) as recency_rank,
        min(valid_from) over (partition by government_code, unit_code) as first_day,
        max(valid_to) over (partition by government_code, unit_code) as last_day
    from units
),

latest as (
    select * from spells
    where recency_rank = 1
),

opds as (
    select
        latest.government_code,
        latest.unit_code,
        unit_opds.opd_code,
        row_number() over (
            partition by latest.government_code, latest.unit_code
            order by unit_opds.valid_from desc
        ) as recency_rank
    from latest
    inner join unit_opds
        on
            latest.government_code = unit_opds.government_code
            and latest.unit_code = unit_opds.unit_code
            and latest.last_day >= unit_opds.valid_from
),

final as (
    select
        latest.government_code,
        latest.unit_code,
        latest.unit_name,
        latest.unit_type,
        latest.parent_unit_code,
        opds.opd_code,
        latest.successor_unit_code,
        nullif(latest.first_day, date '1900-01-01') as first_day,
        nullif(latest.last_day, date '9999-12-31') as last_day
    from latest
    left join opds
        on
            latest.government_code = opds.government_code
            and latest.unit_code = opds.unit_code
            and opds.recency_rank = 1
    union all
    select
        government_code,
        government_code as unit_code,
        name as unit_name,
        'government' as unit_type,
        null as parent_unit_code,
        null as opd_code,
        null as successor_unit_code,
        null as first_day,
        null as last_day
    from governments
)

select * from final
