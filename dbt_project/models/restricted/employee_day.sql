-- Every employee's scheduled day, with the rows that it came from.
-- Grain: government_code, nip, date.
-- The rows are those of the leave that decided the day, else of its punches. Several files are
-- separated by semicolons, and so are their groups of row numbers.
{{ config(
    materialized='incremental',
    meta={'slices': 'slice_employee_day', 'day': 'date'}
) }}
with employee_days as (
    select *
    from {{ ref('int_employee_day') }}
    where
        {{ in_this_part('government_code') }}
        and {{ in_changed_slice(ref('slice_employee_day'), 'government_code', 'month') }}
),

deliveries as (
    select
        delivery_id,
        file_sha256
    from {{ ref('stg_delivery') }}
),

numbers as (
    select {{ each_number(1, 'max(delivery_id)') }} as delivery_id
    from deliveries
),

-- A delivery's place in the list is its delivery_id: that of one that no longer counts is empty.
files as (
    select {{ list_in_order('deliveries.file_sha256', 'numbers.delivery_id') }} as file_digests
    from numbers
    left join deliveries on numbers.delivery_id = deliveries.delivery_id
),

final as (
    select
        employee_days.government_code,
        employee_days.nip,
        employee_days.day as date,
        employee_days.unit_code,
        employee_days.opd_code,
        employee_days.day_status,
        employee_days.first_punch,
        employee_days.last_punch,
        employee_days.late_minutes,
        employee_days.early_leave_minutes,
        employee_days.imputed_minutes,
        {{ files_of('employee_days.source_rows', 'files.file_digests') }} as file_sha256,
        {{ row_numbers_of('employee_days.source_rows') }} as row_numbers
    from employee_days
    cross join files
)

select * from final
