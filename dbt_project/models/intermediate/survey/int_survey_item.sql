-- The items that a wave asks, with the behaviour and value they measure and their scale.
-- Grain: government_code, wave, item.
-- The instrument file names them. A column named by behaviour code needs no row there: it measures
-- that behaviour from 1 to 5. Where such columns are used (always, without an instrument), all
-- behaviours that the instrument does not measure are asked by them, answered or not.
with instrument as (
    select * from {{ ref('stg_instrument') }}
),

answers as (
    select * from {{ ref('stg_survey_answer') }}
),

waves as (
    select * from {{ ref('int_survey_wave') }}
),

behaviours as (
    select * from {{ ref('dim_behaviour') }}
),

answered_by_code as (
    select distinct
        answers.government_code,
        answers.wave,
        answers.item
    from answers
    inner join behaviours on answers.item = behaviours.behaviour_code
    left join instrument
        on
            answers.government_code = instrument.government_code
            and answers.wave = instrument.wave
            and answers.item = instrument.item
    where instrument.item is null
),

waves_by_code as (
    select
        waves.government_code,
        waves.wave
    from waves
    left join instrument
        on
            waves.government_code = instrument.government_code
            and waves.wave = instrument.wave
    where instrument.item is null
    union
    select
        government_code,
        wave
    from answered_by_code
),

asked_by_code as (
    select
        waves_by_code.government_code,
        waves_by_code.wave,
        behaviours.behaviour_code as item,
        behaviours.behaviour_code
    from waves_by_code
    cross join behaviours
    left join answered_by_code
        on
            waves_by_code.government_code = answered_by_code.government_code
            and waves_by_code.wave = answered_by_code.wave
            and behaviours.behaviour_code = answered_by_code.item
    where
        answered_by_code.item is not null
        or not exists (
            select 1
            from instrument
            where
                instrument.government_code = waves_by_code.government_code
                and instrument.wave = waves_by_code.wave
                and behaviours.behaviour_code in (instrument.item, instrument.behaviour_code)
        )
),

items as (
    select
        government_code,
        wave,
        item,
        behaviour_code,
        scale_min,
        scale_max,
        is_reversed
    from instrument
    union all
    select
        government_code,
        wave,
        item,
        behaviour_code,
        1 as scale_min,
        5 as scale_max,
        false as is_reversed
    from asked_by_code
),

final as (
    select
        items.government_code,
        items.wave,
        items.item,
        items.behaviour_code,
        behaviours.value_code,
        items.scale_min,
        items.scale_max,
        items.is_reversed,
        count(*) over (
            partition by items.government_code, items.wave, behaviours.value_code
        ) as items_of_value
    from items
    inner join behaviours on items.behaviour_code = behaviours.behaviour_code
)

select * from final
