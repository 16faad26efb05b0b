-- Who had to be at an apel and who was, by OPD.
-- Grain: government_code, event_date, event_type, scope_unit_code, opd_code.
-- Rule: required is everybody in service in the scope that day, working day or not, without a
-- leave record that excuses or counts as present; attended is who was required and recorded.
-- `recorded` counts all of the OPD whom the list names, called or not: an OPD of which it names
-- nobody handed in no list.
with people as (
    select * from {{ ref('stg_event') }}
),

spells as (
    select * from {{ ref('int_employee_spell') }}
),

scopes as (
    select * from {{ ref('int_unit_scope') }}
),

leave_days as (
    select * from {{ ref('int_leave_day') }}
),

events as (
    select distinct
        government_code,
        event_date,
        event_type,
        scope_unit_code
    from people
),

in_service as (
    select
        events.government_code,
        events.event_date,
        events.event_type,
        events.scope_unit_code,
        spells.opd_code,
        spells.nip,
        events.scope_unit_code = '' or scopes.unit_code is not null as is_in_scope
    from events
    inner join spells
        on
            events.government_code = spells.government_code
            and events.event_date between spells.valid_from and spells.valid_to
    left join scopes
        on
            events.government_code = scopes.government_code
            and events.scope_unit_code = scopes.scope_unit_code
            and spells.unit_code = scopes.unit_code
            and events.event_date between scopes.valid_from and scopes.valid_to
),

judged as (
    select
        in_service.government_code,
        in_service.event_date,
        in_service.event_type,
        in_service.scope_unit_code,
        in_service.opd_code,
        people.nip is not null as is_recorded,
        in_service.is_in_scope,
        in_service.is_in_scope
        and coalesce(leave_days.counts_as, 'none') not in ('excused', 'present') as is_required
    from in_service
    left join people
        on
            in_service.government_code = people.government_code
            and in_service.event_date = people.event_date
            and in_service.event_type = people.event_type
            and in_service.scope_unit_code = people.scope_unit_code
            and in_service.nip = people.nip
    left join leave_days
        on
            in_service.government_code = leave_days.government_code
            and in_service.event_date = leave_days.day
            and in_service.nip = leave_days.nip
),

final as (
    select
        government_code,
        event_date,
        event_type,
        scope_unit_code,
        opd_code,
        count(*) filter (where is_recorded) as recorded,
        count(*) filter (where is_required) as required,
        count(*) filter (where is_required and is_recorded) as attended
    from judged
    group by
        government_code,
        event_date,
        event_type,
        scope_unit_code,
        opd_code
    having bool_or(is_in_scope)
)

select * from final
