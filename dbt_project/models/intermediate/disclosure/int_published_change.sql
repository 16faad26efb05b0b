-- Through how many people each published figure would change that no longer moves.
-- Grain: government_code, family, period, group_code, figure.
-- Compared are the contributors of tonight and those of the last publication, where a wave or year
-- was published before. A contributor who came, left, moved to another group or has another number
-- changes the figure of each group concerned.
with tonight as (
    select * from {{ ref('int_contributor') }}
),

published as (
    select * from {{ source('raw', 'published_contributor') }}
    where is_baseline
),

published_periods as (
    select distinct
        government_code,
        family,
        period
    from published
),

-- Only contributors of whom anything differs are taken apart by figure: they are few.
moved as (
    select
        published_periods.government_code,
        published_periods.family,
        published_periods.period,
        coalesce(tonight.contributor, published.contributor) as contributor,
        published.group_code as group_before,
        published.figures as figures_before,
        tonight.group_code as group_now,
        tonight.figures as figures_now
    from tonight
    full outer join published
        on
            tonight.government_code = published.government_code
            and tonight.family = published.family
            and tonight.period = published.period
            and tonight.contributor = published.contributor
    inner join published_periods
        on
            coalesce(tonight.government_code, published.government_code)
            = published_periods.government_code
            and coalesce(tonight.family, published.family) = published_periods.family
            and coalesce(tonight.period, published.period) = published_periods.period
    where
        tonight.group_code is distinct from published.group_code
        or tonight.figures is distinct from published.figures
),

-- A period of which nothing is left tonight was taken back as a whole, or is open again.
periods as (
    select distinct
        government_code,
        family,
        period
    from tonight
),

numbers as (
    select
        moved.government_code,
        moved.family,
        moved.period,
        moved.contributor,
        moved.group_before as group_code,
        'before' as side,
        {{ each_between_semicolons('moved.figures_before') }} as number
    from moved
    union all
    select
        moved.government_code,
        moved.family,
        moved.period,
        moved.contributor,
        moved.group_now as group_code,
        'now' as side,
        {{ each_between_semicolons('moved.figures_now') }} as number
    from moved
),

-- A number that is on one side only, in its group.
changed as (
    select
        government_code,
        family,
        period,
        group_code,
        contributor,
        number
    from numbers
    where number is not null
    group by government_code, family, period, group_code, contributor, number
    having count(distinct side) = 1
),

final as (
    select
        changed.government_code,
        changed.family,
        changed.period,
        changed.group_code,
        split_part(changed.number, '=', 1) as figure,
        count(distinct changed.contributor) as people
    from changed
    inner join periods
        on
            changed.government_code = periods.government_code
            and changed.family = periods.family
            and changed.period = periods.period
    group by
        changed.government_code,
        changed.family,
        changed.period,
        changed.group_code,
        split_part(changed.number, '=', 1)
)

select * from final
