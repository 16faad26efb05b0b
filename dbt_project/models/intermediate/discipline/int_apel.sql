-- Apel attendance by month. Grain: government_code, unit_level, unit_code, month.
-- Rule: an OPD of which nobody was recorded at an event is left out of that event; the
-- government's figures are the sums over all its OPDs.
with event_opds as (
    select * from {{ ref('int_event_opd') }}
),

opd_months as (
    select
        government_code,
        opd_code,
        {{ month_of('event_date') }} as month,
        cast(sum(required) as bigint) as apel_required,
        cast(sum(attended) as bigint) as apel_attended
    from event_opds
    where recorded > 0
    group by
        government_code,
        opd_code,
        {{ month_of('event_date') }}
),

final as (
    select
        government_code,
        'opd' as unit_level,
        opd_code as unit_code,
        month,
        apel_required,
        apel_attended
    from opd_months
    union all
    select
        government_code,
        'government' as unit_level,
        government_code as unit_code,
        month,
        cast(sum(apel_required) as bigint) as apel_required,
        cast(sum(apel_attended) as bigint) as apel_attended
    from opd_months
    group by
        government_code,
        month
)

select * from final
