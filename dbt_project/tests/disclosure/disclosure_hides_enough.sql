{{ config(severity='error', meta={
    'severity': 'critical',
    'subject': 'int_disclosure',
    'id': 'OPD yang disembunyikan harus sedikitnya dua, kecuali pemerintah daerahnya juga'
    ~ ' disembunyikan',
    'en': 'At least two OPDs must be hidden together, unless the government is hidden too',
}) }}
select
    government_code,
    family,
    period
from {{ ref('int_disclosure') }}
group by government_code, family, period
having
    sum(case when unit_level = 'opd' and is_hidden then 1 else 0 end) = 1
    and sum(case when unit_level = 'government' and is_hidden then 1 else 0 end) = 0
