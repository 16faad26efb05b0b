{#-
    What every engine says in its own way about text and lists, and one day of a month; see engine.sql.
-#}

{#-
    A name as it is compared: lower case, single spaces, no punctuation, `dns` written out as
    `dinas`.
-#}
{% macro fold_text(text) -%}
{{ adapter.dispatch('fold_text', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__fold_text(text) -%}
regexp_replace(
            trim(regexp_replace(lower({{ text }}), '[^a-z0-9]+', ' ', 'g')), '\bdns\b', 'dinas', 'g'
        )
{%- endmacro %}

{#- The last number in a text, with decimal point or comma; NULL if there is none. -#}
{% macro last_number(text) -%}
{{ adapter.dispatch('last_number', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__last_number(text) -%}
cast(
            nullif(
                regexp_extract(replace({{ text }}, ',', '.'), '([0-9]+([.][0-9]+)?)[^0-9]*$', 1), ''
            ) as decimal(18, 6)
        )
{%- endmacro %}

{#- Numbers separated by `;`: their sum, in decimal arithmetic, and how many they are. -#}
{% macro sum_of_list(text) -%}
{{ adapter.dispatch('sum_of_list', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__sum_of_list(text) -%}
list_sum(cast(string_split({{ text }}, ';') as decimal(18, 6) []))
{%- endmacro %}

{% macro length_of_list(text) -%}
{{ adapter.dispatch('length_of_list', 'budaya')(text) }}
{%- endmacro %}
{% macro duckdb__length_of_list(text) -%}
len(string_split({{ text }}, ';'))
{%- endmacro %}

{#- The last day of the month that begins on a day. -#}
{% macro month_end(month) -%}
{{ add_days(add_months(month, 1), -1) }}
{%- endmacro %}
