{#
  One row for each row of the model whose columns together name no row of the other table:
  what `relationships` does for one column. A row with an empty part names nothing and passes.
  It returns no value of the row: a key may name a person.
#}
{% test references_key(model, columns, to, to_columns) %}

select 1 as reference_not_found
from {{ model }} as child
left join {{ to }} as parent
    on
    {%- for column in columns %}
    {{ "and " if not loop.first }}child.{{ column }} = parent.{{ to_columns[loop.index0] }}
    {%- endfor %}
where
    parent.{{ to_columns[0] }} is null
    {%- for column in columns %}
    and child.{{ column }} is not null
    {%- endfor %}

{% endtest %}
