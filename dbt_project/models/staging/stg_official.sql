-- Official figures as published, as last told. Grain: index_code, government_code, year,
-- population, source_document. An empty population means all, an empty document that none is named.
with figures as (
    {{ current_rows(
        'official', ['index_code', 'year', 'population', 'source_document']
    ) | indent(4) }}
),

final as (
    select
        index_code,
        government_code,
        year,
        coalesce(population, '') as population,
        coalesce(source_document, '') as source_document,
        value,
        value_decimals,
        category,
        parts,
        file_sha256,
        row_number
    from figures
)

select * from final
