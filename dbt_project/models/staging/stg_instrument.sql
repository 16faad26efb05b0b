-- The items that a wave's instrument file describes. Grain: government_code, wave, item.
-- A scale that it leaves out runs from 1 to 5.
with instrument as (
    {{ current_rows('instrument', ['period', 'item']) | indent(4) }}
),

final as (
    select
        government_code,
        period as wave,
        item,
        behaviour_code,
        coalesce(scale_min, 1) as scale_min,
        coalesce(scale_max, 5) as scale_max,
        coalesce(reversed, false) as is_reversed,
        file_sha256,
        row_number
    from instrument
)

select * from final
