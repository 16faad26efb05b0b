-- Every answer to an item that the wave asks, as item score. Grain: submission_id,
-- item.
-- Item score = 100 * (x - lowest) / (highest - lowest) on the item's own scale, reversed first
-- where the item says so; positive is an answer in the top two points of the scale.
with answers as (
    select * from {{ ref('stg_survey_answer') }}
),

items as (
    select * from {{ ref('int_survey_item') }}
),

oriented as (
    select
        answers.*,
        items.behaviour_code,
        items.value_code,
        items.items_of_value,
        items.scale_min,
        items.scale_max,
        case
            when items.is_reversed then items.scale_min + items.scale_max - answers.answer
            else answers.answer
        end as point
    from answers
    inner join items
        on
            answers.government_code = items.government_code
            and answers.wave = items.wave
            and answers.item = items.item
),

final as (
    select
        submission_id,
        government_code,
        wave,
        item,
        answer,
        behaviour_code,
        value_code,
        items_of_value,
        100 * {{ rate('point - scale_min', 'scale_max - scale_min') }} as item_score,
        point >= scale_max - 1 as is_positive,
        point not between scale_min and scale_max as is_off_scale
    from oriented
)

select * from final
