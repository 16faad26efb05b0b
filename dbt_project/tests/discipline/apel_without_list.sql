{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_event_opd',
        'id': 'OPD wajib apel yang tidak seorang pun tercatat; tidak dihitung',
        'en': 'OPDs called to an apel of which nobody was recorded; they are left out'
    }
) }}
-- One row per event and OPD.
select
    government_code,
    event_date,
    event_type,
    scope_unit_code,
    opd_code
from {{ ref('int_event_opd') }}
where
    recorded = 0
    and required > 0
