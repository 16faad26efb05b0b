-- The unit that a name means: only names that one unit ever had. Grain: government_code,
-- folded_name. Case, blanks, punctuation and the short form of Dinas make no difference.
with units as (
    select
        government_code,
        unit_code,
        {{ fold_text('unit_name') }} as folded_name
    from {{ ref('stg_unit') }}
),

final as (
    select
        government_code,
        folded_name,
        min(unit_code) as unit_code
    from units
    group by government_code, folded_name
    having count(distinct unit_code) = 1
)

select * from final
