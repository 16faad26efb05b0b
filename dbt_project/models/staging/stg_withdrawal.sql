-- What an office took back, as of the run's date. Grain: government_code, file_sha256, row_number.
-- `row_number` is NULL where the whole file was taken back.
with withdrawals as (
    select * from {{ source('raw', 'rule_withdrawals') }}
),

run as (
    select * from {{ ref('stg_run') }}
),

final as (
    select
        withdrawals.government_code,
        withdrawals.file_sha256,
        withdrawals.row_number
    from withdrawals
    inner join run
        on run.as_of_date between withdrawals.valid_from and withdrawals.valid_to
)

select * from final
