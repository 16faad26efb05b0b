-- The bands of each index, each up to the next one, over the days on which they hold together.
-- Grain: government_code, index_code, category, valid_from.
-- A value belongs to the highest band whose lower bound it reaches: from lower_bound up to, not
-- including, next_lower_bound. `printed_upper_bound` is where the printed text ends the band; the
-- values above it and below the next band are a gap of that text.
with bands as (
    select * from {{ source('raw', 'rule_index_bands') }}
),

changes as (
    select
        government_code,
        index_code,
        valid_from as first_day
    from bands
    union
    select
        government_code,
        index_code,
        {{ add_days('valid_to', 1) }} as first_day
    from bands
    where valid_to < date '9999-12-31'
),

segments as (
    select
        government_code,
        index_code,
        first_day as valid_from,
        coalesce(
            {{ add_days(
                'lead(first_day) over (partition by government_code, index_code order by first_day)',
                -1
            ) }},
            date '9999-12-31'
        ) as valid_to
    from changes
),

final as (
    select
        segments.government_code,
        segments.index_code,
        bands.category,
        bands.letter,
        cast(bands.lower_bound as decimal(18, 6)) as lower_bound,
        coalesce(
            lead(cast(bands.lower_bound as decimal(18, 6))) over (
                partition by segments.government_code, segments.index_code, segments.valid_from
                order by bands.lower_bound
            ),
            1000000
        ) as next_lower_bound,
        {{ last_number('bands.printed') }} as printed_upper_bound,
        segments.valid_from,
        segments.valid_to
    from segments
    inner join bands
        on
            segments.index_code = bands.index_code
            and {{ in_force('bands', 'segments.government_code', 'segments.valid_from') }}
)

select * from final
