-- The submissions that the marts count, with the OPD that they count for.
-- Grain: submission_id.
-- Left out are those that wait for their unit, and those with an answer off the scale of an
-- instrument that came later; checks count both.
-- Straight-lining: every item was answered, and always with the same point.
with submissions as (
    select * from {{ ref('stg_survey_submission') }}
),

answers as (
    select * from {{ ref('int_survey_answer') }}
),

items as (
    select * from {{ ref('int_survey_item') }}
),

unit_matches as (
    select * from {{ ref('int_survey_unit_match') }}
),

asked as (
    select
        government_code,
        wave,
        count(*) as items
    from items
    group by government_code, wave
),

answered as (
    select
        submission_id,
        count(*) as answers,
        min(answer) = max(answer) as is_uniform,
        max(case when is_off_scale then 1 else 0 end) = 1 as is_off_scale
    from answers
    group by submission_id
),

final as (
    select
        submissions.submission_id,
        submissions.government_code,
        submissions.wave,
        unit_matches.opd_code,
        answered.is_uniform and answered.answers = asked.items and asked.items > 1
            as is_straight_lining
    from submissions
    inner join unit_matches
        on
            submissions.government_code = unit_matches.government_code
            and submissions.wave = unit_matches.wave
            and submissions.unit_as_written = unit_matches.unit_as_written
    inner join answered on submissions.submission_id = answered.submission_id
    inner join asked
        on
            submissions.government_code = asked.government_code
            and submissions.wave = asked.wave
    where not answered.is_off_scale
)

select * from final
