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
select government_code
from {{ ref('int_awaited') }}
where kind = 'leave_type'
