-- Every employee's scheduled day, with the rows that it came from.
-- Grain: government_code, nip, date.
-- The rows are those of the leave that decided the day, else of its punches. Several files are
-- separated by semicolons, and so are their groups of row numbers.
with employee_days as (
    select * from {{ ref('int_employee_day') }}
),

files as (
    select {{ list_in_order('file_sha256', 'delivery_number') }} as file_digests
    from {{ ref('stg_delivery') }}
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
