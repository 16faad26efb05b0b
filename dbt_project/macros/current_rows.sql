{#-
    Which rows of a raw table count tonight: those of loaded deliveries that were not taken back.

    `live_rows` keeps all of them. `current_rows` keeps, of the rows of one government that share
    a natural key, the newest: by the order of deliveries, then by the position in the file.
    Both return a `select`, to be used as the body of an import CTE. They add the delivery's period
    and file, and `delivery_number`, its place in the order of all deliveries tonight.
-#}
{% macro live_rows(source_table) -%}
select
    source_row.*,
    delivery.period,
    delivery.file_sha256,
    delivery.delivery_number
from {{ source('raw', source_table) }} as source_row
inner join {{ ref('stg_delivery') }} as delivery on source_row.delivery_id = delivery.delivery_id
left join {{ ref('stg_withdrawal') }} as withdrawal
    on
        delivery.government_code = withdrawal.government_code
        and delivery.file_sha256 = withdrawal.file_sha256
        and source_row.row_number = withdrawal.row_number
where withdrawal.file_sha256 is null
{%- endmacro %}

{% macro current_rows(source_table, key_columns, words=[]) -%}
select *
from (
    select
        live_row.*,
        row_number() over (
            partition by
                live_row.government_code{% for column in key_columns %},
                {% if column in words %}{{ bare_word('live_row.' ~ column) }}
                {%- else %}live_row.{{ column }}{% endif %}{% endfor %}
            order by live_row.delivery_number desc, live_row.row_number desc
        ) as age_rank
    from (
        {{ live_rows(source_table) | indent(8) }}
    ) as live_row
) as ranked
where age_rank = 1
{%- endmacro %}
