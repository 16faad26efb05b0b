-- The waves with a submission. Grain: government_code, wave.
-- A wave ends on the end_date of its rule; without one, on the day of its last submission.
-- It is open until that end is past, so for as long as its rule has none; without a rule, until 14
-- days went by without a submission.
with submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

wave_rules as (
    select * from {{ source('raw', 'rule_survey_waves') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

received as (
    select
        government_code,
        wave,
        max(cast(submitted_at as date)) as last_submission_date
    from submissions
    group by government_code, wave
),

-- The newest row about a wave stays true after its validity: what has ended stays as ruled.
ruled as (
    select
        wave_rules.*,
        row_number() over (
            partition by wave_rules.government_code, wave_rules.wave
            order by wave_rules.valid_from desc
        ) as recency_rank
    from wave_rules
    inner join run on wave_rules.valid_from <= run.as_of_date
),

final as (
    select
        received.government_code,
        received.wave,
        coalesce(ruled.end_date, received.last_submission_date) as wave_end_date,
        run.as_of_date <= case
            when ruled.wave is null then {{ add_days('received.last_submission_date', 14) }}
            else {{ open_to('ruled.end_date') }}
        end as is_open,
        ruled.eligible_types,
        ruled.min_respondents
    from received
    cross join run
    left join ruled
        on
            received.government_code = ruled.government_code
            and received.wave = ruled.wave
            and ruled.recency_rank = 1
)

select * from final
