{#- A measure of a row that has `suppressed`: NULL where the row is hidden. -#}
{% macro shown(column) -%}
case when not suppressed then {{ column }} end
{%- endmacro %}

{#- A statistic of a row that has `k`: NULL where it rests on fewer people than that. -#}
{% macro enough(statistic, people) -%}
case when {{ people }} >= k then {{ statistic }} end
{%- endmacro %}
