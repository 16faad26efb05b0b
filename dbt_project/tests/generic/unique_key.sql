{#
  One row for each key that is not unique, or that has an empty part.
  It returns counts, never the key itself: a key may name a person.
#}
{% test unique_key(model, columns) %}

select count(*) as rows_of_key
from {{ model }}
group by
    {%- for column in columns %}
    {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
having
    count(*) > 1
    {%- for column in columns %}
    or count({{ column }}) < count(*)
    {%- endfor %}

{% endtest %}
