{#-
    The statistics of the survey, as an inspector finds them in a textbook. A test renders these
    very macros over published data.
-#}

{#- The part of the sampling variance that remains when n of N were asked; 0 if n exceeds N. -#}
{% macro finite_population_correction(respondents, population) -%}
case
    when {{ population }} > 0
        then greatest(0.0, 1 - cast({{ respondents }} as double) / {{ population }})
end
{%- endmacro %}

{#- Aggregate over strata: sum of W * mean / sum of W. -#}
{% macro stratified_mean(weight, mean) -%}
{{ steady_sum(weight ~ ' * ' ~ mean) }} / nullif(sum({{ weight }}), 0)
{%- endmacro %}

{#-
    Aggregate over strata: the root of the sum of (W / sum of W)^2 * s^2 / n * f.

    NULL where a stratum has fewer than two respondents and so no variance. `correction` is f, by
    `finite_population_correction`; 1.0 for a sample from an endless population.
-#}
{% macro stratified_standard_error(weight, respondents, variance, correction) -%}
case
    when count({{ variance }}) = count(*)
        then
            sqrt(
                {{ steady_sum(
                    'power(' ~ weight ~ ', 2) * ' ~ variance
                    ~ ' / nullif(' ~ respondents ~ ', 0) * ' ~ correction
                ) }}
            )
            / nullif(sum({{ weight }}), 0)
end
{%- endmacro %}

{#- Half the width of the 95 % confidence interval. -#}
{% macro margin_of_error(standard_error) -%}
1.96 * {{ standard_error }}
{%- endmacro %}

{#-
    The answers of the respondents who answered all items of a scale, each with the sum of that
    respondent's scores as `total`.

    `relation` has a row per answer: `scale_columns` and `respondent_columns`, which name the scale
    and the respondent, `item`, `score`, and `item_count`, the number of items of the scale.
-#}
{% macro complete_answers(relation, scale_columns, respondent_columns) -%}
select
    every_answer.*,
    respondent.total
from {{ relation }} as every_answer
inner join (
    select
        {{ (scale_columns + respondent_columns) | join(',\n        ') }},
        {{ steady_sum('score') }} as total
    from {{ relation }}
    group by {{ (scale_columns + respondent_columns) | join(', ') }}
    having count(*) = max(item_count)
) as respondent
    on
        {% for column in scale_columns + respondent_columns -%}
        every_answer.{{ column }} = respondent.{{ column }}
        {%- if not loop.last %}
        and {% endif %}
        {%- endfor %}
{%- endmacro %}

{#-
    Cronbach's alpha per group: k / (k - 1) * (1 - sum of s_i^2 / s_T^2).

    `relation` has complete answers as `complete_answers` returns them, with `group_columns`.
    Returns a `select` of these, `respondents` and `cronbach_alpha`; NULL for k < 2, or where all
    totals are equal (to nine decimals: a smaller difference is only that of floating point).
    Every item has all respondents, so the variance of the totals is found beside any of them.
-#}
{% macro cronbach_alpha_by(relation, group_columns) -%}
select
    {{ group_columns | join(',\n    ') }},
    max(respondents) as respondents,
    cast(max(item_count) as double) / nullif(max(item_count) - 1, 0)
    * (1 - {{ steady_sum('item_variance') }} / nullif(round(max(total_variance), 9), 0)) as cronbach_alpha
from (
    select
        {{ group_columns | join(',\n        ') }},
        item,
        max(item_count) as item_count,
        count(*) as respondents,
        {{ steady_variance('score') }} as item_variance,
        {{ steady_variance('total') }} as total_variance
    from {{ relation }}
    group by {{ group_columns | join(', ') }}, item
) as items
group by {{ group_columns | join(', ') }}
{%- endmacro %}

{#-
    Join condition: the band that a value falls into, taken from the value rounded half up to two
    decimals. `band` is a row of `stg_index_band`, `day` the one for which the value stands.
-#}
{% macro falls_into(value, band, index_code, government_code, day) -%}
{{ band }}.index_code = {{ index_code }}
        and {{ in_force(band, government_code, day) }}
        and {{ half_up(value) }} >= {{ band }}.lower_bound
        and {{ half_up(value) }} < {{ band }}.next_lower_bound
{%- endmacro %}

{#-
    A value rounded half up to as many decimals as a column says. A figure of a spreadsheet has
    fifteen digits: of its decimals the twelfth is the last that means anything.
-#}
{% macro half_up_by(value, decimals) -%}
case least({{ decimals }}, 12)
    {% for digits in range(13) -%}
    when {{ digits }} then cast(round(cast({{ value }} as decimal(30, 12)), {{ digits }}) as decimal(30, 12))
    {% endfor -%}
end
{%- endmacro %}
