{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'stg_leave',
        'id': 'Baris cuti yang jenisnya tidak dikenal aturan leave_types; tidak dihitung',
        'en': 'Leave records of a type without a row in the rule leave_types; they are left out'
    }
) }}
-- One row per record. The type is not shown: a free text may tell a diagnosis.
select leave.government_code
from {{ ref('stg_leave') }} as leave
left join {{ source('raw', 'rule_leave_types') }} as leave_types
    on
        {{ in_force('leave_types', 'leave.government_code', 'leave.date_from') }}
        and {{ bare_word('leave.leave_type') }} = {{ bare_word('leave_types.leave_type') }}
where leave_types.leave_type is null
