{{ config(severity='warn', meta={
    'severity': 'info',
    'subject': 'mart_official_index',
    'id': 'Angka resmi yang kategorinya atau bagian-bagiannya tidak cocok dengan nilainya sendiri',
    'en': 'Official figures whose category or parts contradict their own value',
}) }}
select
    index_code,
    government_code,
    year
from {{ ref('mart_official_index') }}
where not category_agrees or not parts_agree
