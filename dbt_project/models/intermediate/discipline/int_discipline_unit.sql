-- Every measure of discipline before anything is hidden.
-- Grain: government_code, unit_level, unit_code, month.
-- Rows: every OPD with a scheduled or unrecorded day in the month, and the government in every
-- measured month. The government's figures come from the sums over all its employees.
with employee_months as (
    select * from {{ ref('int_employee_month') }}
),

months as (
    select * from {{ ref('int_government_month') }}
),

apel as (
    select * from {{ ref('int_apel') }}
),

opds as (
    select
        employee_months.government_code,
        'opd' as unit_level,
        employee_months.opd_code as unit_code,
        employee_months.month,
        count(*) as employees,
        {{ discipline_sums() }}
    from employee_months
    group by
        employee_months.government_code,
        employee_months.opd_code,
        employee_months.month
),

governments as (
    select
        months.government_code,
        'government' as unit_level,
        months.government_code as unit_code,
        months.month,
        count(distinct employee_months.nip) as employees,
        {{ discipline_sums() }}
    from months
    left join employee_months
        on
            months.government_code = employee_months.government_code
            and months.month = employee_months.month
    group by
        months.government_code,
        months.month
),

units as (
    select * from opds
    union all
    select * from governments
),

-- A month without apel takes the rate of the latest month that had one, at most twelve back.
latest_apel as (
    select
        units.government_code,
        units.unit_level,
        units.unit_code,
        units.month,
        {{ latest_by(rate('apel.apel_attended', 'apel.apel_required'), 'apel.month') }}
            as latest_apel_rate
    from units
    inner join apel
        on
            units.government_code = apel.government_code
            and units.unit_level = apel.unit_level
            and units.unit_code = apel.unit_code
            and apel.month between {{ add_months('units.month', -12) }} and units.month
    where apel.apel_required > 0
    group by
        units.government_code,
        units.unit_level,
        units.unit_code,
        units.month
),

measured as (
    select
        units.*,
        units.present_days + units.excused_days + units.unexcused_days as scheduled_days,
        units.unexcused_days
        + {{ rate('units.late_minutes + units.early_leave_minutes', 'months.day_minutes') }}
            as absence_day_equivalents,
        coalesce(apel.apel_required, 0) as apel_required,
        coalesce(apel.apel_attended, 0) as apel_attended,
        latest_apel.latest_apel_rate,
        months.min_coverage,
        months.presence_weight,
        months.apel_weight
    from units
    inner join months
        on
            units.government_code = months.government_code
            and units.month = months.month
    left join apel
        on
            units.government_code = apel.government_code
            and units.unit_level = apel.unit_level
            and units.unit_code = apel.unit_code
            and units.month = apel.month
    left join latest_apel
        on
            units.government_code = latest_apel.government_code
            and units.unit_level = latest_apel.unit_level
            and units.unit_code = latest_apel.unit_code
            and units.month = latest_apel.month
),

rated as (
    select
        *,
        {{ rate('scheduled_days', 'scheduled_days + unrecorded_days') }} as coverage,
        1 - {{ rate('absence_day_equivalents', 'scheduled_days - excused_days') }}
            as presence_balance,
        {{ rate('apel_attended', 'apel_required') }} as apel_rate
    from measured
),

-- The floor: minutes are cut per day, but a rule may cut them higher than a day's length.
present as (
    select
        *,
        case when presence_balance < 0 then 0 else presence_balance end as presence_rate
    from rated
),

final as (
    select
        government_code,
        unit_level,
        unit_code,
        month,
        employees,
        scheduled_days,
        unrecorded_days,
        coverage,
        present_days,
        excused_days,
        unexcused_days,
        late_minutes,
        early_leave_minutes,
        absence_day_equivalents,
        apel_required,
        apel_attended,
        presence_rate,
        apel_rate,
        case
            when coverage < min_coverage then null
            when latest_apel_rate is null then 100 * presence_rate
            else 100 * (presence_weight * presence_rate + apel_weight * latest_apel_rate)
        end as discipline_score
    from present
)

select * from final
