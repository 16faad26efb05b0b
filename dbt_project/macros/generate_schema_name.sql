{#- Schemas are named as written (`marts`, not `main_marts`): readers outside rely on the name. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name is not none else target.schema }}
{%- endmacro %}
