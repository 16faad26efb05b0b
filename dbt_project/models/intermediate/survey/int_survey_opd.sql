-- The OPDs of a wave: all with eligible people or with answers. Grain: government_code, wave,
-- opd_code. Contributors are NULL where nobody answered anything.
with eligible as (
    select * from {{ ref('int_survey_eligible') }}
),

contributors as (
    select * from {{ ref('int_survey_contributor') }}
),

final as (
    select
        coalesce(eligible.government_code, contributors.government_code) as government_code,
        coalesce(eligible.wave, contributors.wave) as wave,
        coalesce(eligible.opd_code, contributors.opd_code) as opd_code,
        coalesce(eligible.eligible, 0) as eligible,
        coalesce(contributors.respondents, 0) as respondents,
        contributors.contributors
    from eligible
    full outer join contributors
        on
            eligible.government_code = contributors.government_code
            and eligible.wave = contributors.wave
            and eligible.opd_code = contributors.opd_code
)

select * from final
