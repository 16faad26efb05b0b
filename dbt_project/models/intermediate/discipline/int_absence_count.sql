-- The PP 94 count of each PNS and CPNS in service on the month's last day: an indication, never
-- a sanction. Grain: government_code, nip, month.
-- Rule: days = unexcused days since 1 January + the whole part of the measured late and early
-- minutes since 1 January over `day_minutes`; imputed minutes never count. Ten unexcused
-- scheduled days in a row are the band ten_in_row, kept to the year's end.
with months as (
    select * from {{ ref('int_government_month') }}
),

spells as (
    select *
    from {{ ref('int_employee_spell') }}
    where employee_type in ('PNS', 'CPNS')
),

employee_months as (
    select * from {{ ref('int_employee_month') }}
),

runs as (
    select * from {{ ref('int_unexcused_run') }}
),

bands as (
    select * from {{ source('raw', 'rule_absence_bands') }}
),

in_service as (
    select
        months.government_code,
        spells.nip,
        months.month,
        months.last_day,
        spells.unit_code,
        spells.opd_code,
        months.day_minutes,
        months.pp94_minutes
    from months
    inner join spells
        on
            months.government_code = spells.government_code
            and months.last_day between spells.valid_from and spells.valid_to
),

-- What was counted in a month, wherever the employee served in it.
counted as (
    select
        government_code,
        nip,
        month,
        unexcused_days,
        late_minutes + early_leave_minutes - imputed_minutes as measured_minutes,
        0 as run_days
    from employee_months
    where
        unexcused_days > 0
        or late_minutes + early_leave_minutes > imputed_minutes
    union all
    select
        government_code,
        nip,
        {{ month_of('day') }} as month,
        0 as unexcused_days,
        0 as measured_minutes,
        max(run_days) as run_days
    from runs
    group by
        government_code,
        nip,
        {{ month_of('day') }}
),

year_to_date as (
    select
        in_service.government_code,
        in_service.nip,
        in_service.month,
        in_service.last_day,
        in_service.unit_code,
        in_service.opd_code,
        in_service.day_minutes,
        in_service.pp94_minutes,
        coalesce(cast(sum(counted.unexcused_days) as bigint), 0) as unexcused_days_ytd,
        coalesce(cast(sum(counted.measured_minutes) as bigint), 0) as measured_minutes_ytd,
        coalesce(max(counted.run_days), 0) as longest_run
    from in_service
    left join counted
        on
            in_service.government_code = counted.government_code
            and in_service.nip = counted.nip
            and extract(year from in_service.month) = extract(year from counted.month)
            and in_service.month >= counted.month
    group by
        in_service.government_code,
        in_service.nip,
        in_service.month,
        in_service.last_day,
        in_service.unit_code,
        in_service.opd_code,
        in_service.day_minutes,
        in_service.pp94_minutes
),

summed as (
    select
        *,
        unexcused_days_ytd
        + case
            when pp94_minutes > 0
                then cast(floor({{ rate('measured_minutes_ytd', 'day_minutes') }}) as bigint)
            else 0
        end as pp94_days
    from year_to_date
),

final as (
    select
        summed.government_code,
        summed.nip,
        summed.month,
        summed.unit_code,
        summed.opd_code,
        summed.unexcused_days_ytd,
        summed.measured_minutes_ytd,
        summed.pp94_days,
        case when summed.longest_run >= 10 then 'ten_in_row' else bands.band_code end as band_code,
        summed.longest_run
    from summed
    inner join bands
        on
            {{ in_force('bands', 'summed.government_code', 'summed.last_day') }}
            and bands.band_code <> 'ten_in_row'
            and summed.pp94_days >= bands.days_from
            and summed.pp94_days <= coalesce(bands.days_to, summed.pp94_days)
)

select * from final
