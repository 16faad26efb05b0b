-- Official published figures against their own bands and parts. Grain: index_code,
-- government_code, year, population, source_document.
-- category_computed is by the bands valid in that year; it agrees with a published category or
-- letter, whatever its case. parts_sum is the mean of the parts for berakhlak and their sum for
-- ip_asn; it agrees if it is the value after rounding half up to the published decimals.
with figures as (
    select * from {{ ref('stg_official') }}
),

bands as (
    select * from {{ ref('stg_index_band') }}
),

judged as (
    select
        figures.*,
        bands.category as category_computed,
        bands.letter as letter_computed,
        case figures.index_code
            when 'berakhlak'
                then {{ sum_of_list('figures.parts') }} / {{ length_of_list('figures.parts') }}
            when 'ip_asn' then {{ sum_of_list('figures.parts') }}
        end as parts_sum
    from figures
    left join bands
        on {{ falls_into(
            'figures.value',
            'bands',
            'figures.index_code',
            'figures.government_code',
            "cast(figures.year || '-12-31' as date)"
        ) }}
),

final as (
    select
        index_code,
        government_code,
        year,
        population,
        source_document,
        value,
        category as category_published,
        category_computed,
        {{ fold_text('category') }} = {{ fold_text('category_computed') }}
        or coalesce({{ fold_text('category') }} = {{ fold_text('letter_computed') }}, false)
            as category_agrees,
        cast(parts_sum as double) as parts_sum,
        {{ half_up_by('parts_sum', 'value_decimals') }}
        = {{ half_up_by('value', 'value_decimals') }} as parts_agree
    from judged
)

select * from final
