{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'mart_survey_value',
    'id': 'Responden setiap nilai di semua OPD berjumlah sama dengan yang menjawabnya',
    'en': 'The respondents of each value over all OPDs are those who answered it',
}) }}
-- One row per government, wave and value of which a respondent is lost or counted twice.
with answered as (
    select
        government_code,
        wave,
        measure_code as value_code,
        count(*) as people
    from {{ ref('int_respondent_score') }}
    where measure = 'value' and score is not null
    group by government_code, wave, measure_code
),

published as (
    select
        government_code,
        wave,
        value_code,
        sum(case when unit_level = 'opd' then respondents end) as in_opds,
        sum(case when unit_level = 'government' then respondents end) as in_government
    from {{ ref('mart_survey_value') }}
    group by government_code, wave, value_code
)

select
    published.government_code,
    published.wave,
    published.value_code
from published
left join answered
    on
        published.government_code = answered.government_code
        and published.wave = answered.wave
        and published.value_code = answered.value_code
where
    coalesce(published.in_opds, 0) != coalesce(answered.people, 0)
    or coalesce(published.in_government, 0) != coalesce(answered.people, 0)
