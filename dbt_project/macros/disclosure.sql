{#- A measure of a row that has `suppressed`: NULL where the row is hidden. -#}
{% macro shown(column) -%}
case when not suppressed then {{ column }} end
{%- endmacro %}
