{{ config(
    severity='error',
    meta={
        'severity': 'critical',
        'subject': 'int_contributor',
        'id': 'OPD yang tersembunyi dalam gelombang tertutup atau tahun lalu tidak boleh menjadi '
            'tampak atau sebaliknya: selisih dua publikasi membuka yang tersembunyi',
        'en': 'An OPD hidden in a closed wave or an ended year must not become shown, or the '
            'reverse: the difference of two generations would show what is hidden'
    }
) }}
-- One row per OPD whose place among the hidden changes.
with tonight as (
    select distinct
        government_code,
        family,
        period,
        opd_code,
        group_code = '' as is_hidden
    from {{ ref('int_contributor') }}
),

published as (
    select distinct
        government_code,
        family,
        period,
        opd_code,
        group_code = '' as is_hidden
    from {{ source('raw', 'published_contributor') }}
    where is_baseline
)

select
    tonight.government_code,
    tonight.family,
    tonight.period,
    tonight.opd_code
from tonight
inner join published
    on
        tonight.government_code = published.government_code
        and tonight.family = published.family
        and tonight.period = published.period
        and tonight.opd_code = published.opd_code
where tonight.is_hidden <> published.is_hidden
