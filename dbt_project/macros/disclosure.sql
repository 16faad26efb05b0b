{#- A measure of a row that has `suppressed`: NULL where the row is hidden. -#}
{% macro shown(column) -%}
case when not suppressed then {{ column }} end
{%- endmacro %}

{#- A statistic of a row that has `k`: NULL where it rests on fewer people than that. -#}
{% macro enough(statistic, people) -%}
case when {{ people }} >= k then {{ statistic }} end
{%- endmacro %}

{#- Why a figure of a published row is NULL: hidden if people are behind it, else missing. -#}
{% macro why_empty(relation, score, people) -%}
case
            when {{ relation }}.{{ score }} is not null then null
            when {{ relation }}.suppressed and {{ relation }}.{{ people }} > 0 then 'hidden'
            else 'missing'
        end
{%- endmacro %}
