{#- How rules, spells and quotients are read everywhere. -#}

{#- Join condition: the rule row of a government that is in force on a day. -#}
{% macro in_force(rule, government_code, day) -%}
{{ rule }}.government_code = {{ government_code }}
        and {{ day }} between {{ rule }}.valid_from and {{ rule }}.valid_to
{%- endmacro %}

{#- Empty ends of a validity are open. -#}
{% macro open_from(column) -%}
coalesce({{ column }}, date '1900-01-01')
{%- endmacro %}

{% macro open_to(column) -%}
coalesce({{ column }}, date '9999-12-31')
{%- endmacro %}

{#- A quotient by zero is NULL: never NaN, infinity or an error. -#}
{% macro rate(numerator, denominator) -%}
cast({{ numerator }} as double) / nullif({{ denominator }}, 0)
{%- endmacro %}

{#-
    Half up in decimal arithmetic, as people round: 1.005 becomes 1.01. NULL for a value of a
    million millions and more, which no figure of ours is.
-#}
{% macro half_up(value, decimals=2) -%}
round({{ cast_if_it_fits(value, 'decimal(18, 6)') }}, {{ decimals }})
{%- endmacro %}

{#-
    Spells that don't overlap: of two spells of one key on one day the one that began later
    counts, and the earlier one resumes after it.

    `relation` has `key_columns`, `valid_from`, `valid_to` and `columns`; returns a `select` of
    them, with the validity cut to the days on which the spell counts.
-#}
{% macro flatten_spells(relation, key_columns, columns) -%}
select
    {% for column in key_columns + columns %}{{ column }},
    {% endfor -%}
    valid_from,
    valid_to
from (
    select
        {% for column in key_columns %}segment.{{ column }},
        {% endfor -%}
        {% for column in columns %}spell.{{ column }},
        {% endfor -%}
        segment.valid_from,
        segment.valid_to,
        row_number() over (
            partition by
                {% for column in key_columns %}segment.{{ column }}, {% endfor %}segment.valid_from
            order by spell.valid_from desc, spell.valid_to asc
        ) as beginning_rank
    from (
        select
            {% for column in key_columns %}{{ column }},
            {% endfor -%}
            first_day as valid_from,
            {{ add_days("lead(first_day) over (partition by "
                ~ key_columns | join(', ') ~ " order by first_day)", -1) }} as valid_to
        from (
            select {{ key_columns | join(', ') }}, valid_from as first_day
            from {{ relation }}
            union
            select {{ key_columns | join(', ') }}, {{ add_days('valid_to', 1) }} as first_day
            from {{ relation }}
        ) as bounds
    ) as segment
    inner join {{ relation }} as spell
        on
            {% for column in key_columns %}segment.{{ column }} = spell.{{ column }}
            and {% endfor %}segment.valid_from between spell.valid_from and spell.valid_to
) as ranked
where beginning_rank = 1
{%- endmacro %}

{#- The value of an attendance rule, within an aggregate over the rule rows of a day. -#}
{% macro rule_value(rule, rule_code) -%}
case when {{ rule }}.rule_code = '{{ rule_code }}' then {{ rule }}.value end
{%- endmacro %}

{#- The sums of a group of employee-months; zero, not NULL, over none. -#}
{% macro discipline_sums() -%}
{% for measure in [
        'present_days', 'excused_days', 'unexcused_days', 'unrecorded_days', 'late_minutes',
        'early_leave_minutes'
    ] -%}
coalesce(cast(sum(employee_months.{{ measure }}) as bigint), 0) as {{ measure }}
        {%- if not loop.last %},
        {% endif %}
    {%- endfor %}
{%- endmacro %}
