{{ config(
    severity='warn',
    meta={
        'severity': 'warning',
        'subject': 'int_unit_opd',
        'id': 'Unit yang disebut tetapi belum dikenal atau belum sampai ke OPD; barisnya menunggu',
        'en': 'Units that are named but not known, or lead to no OPD yet; their rows wait'
    }
) }}
-- One row per place that names it and unit.
select
    source as named_in,
    government_code,
    awaited as unit_code
from {{ ref('int_awaited') }}
where
    kind = 'unit'
    and source <> 'survey'
group by
    source,
    government_code,
    awaited
