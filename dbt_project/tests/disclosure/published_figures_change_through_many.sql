{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'int_published_change',
        'id': 'Angka terbit survei yang sudah ditutup atau IP-ASN tahun lalu hanya boleh berubah '
            'oleh sedikitnya k orang: selisih dua publikasi tidak boleh menunjuk beberapa orang',
        'en': 'A published figure of a closed wave or of IP-ASN of an ended year may change '
            'through k people or more only: two generations must not point at a few'
    }
) }}
-- One row per group and figure that changes through 1 to k - 1 people.
select
    changes.government_code,
    changes.family,
    changes.period,
    changes.group_code,
    changes.figure,
    changes.people
from {{ ref('int_published_change') }} as changes
cross join {{ ref('stg_run') }} as run
left join {{ source('raw', 'rule_disclosure') }} as rules
    on
        changes.family = rules.family
        and {{ in_force('rules', 'changes.government_code', 'run.as_of_date') }}
where coalesce(changes.people < rules.k, true)
