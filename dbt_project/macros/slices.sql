{#-
    Which months of a government a model has to build again: those of whose inputs something is
    other than when they were built last (`raw.built_slice`).

    A slice is (government_code, month). A `slice_` model lists, for one model that is built slice
    by slice, the digest of each input by slice, and whether it differs. How far a change spreads is
    said there, input by input; nothing asks who made it.
-#}

{#- The digest of an input's rows that lie on a day each. -#}
{% macro digest_of_days(input, relation, day, columns) -%}
select
    '{{ input }}' as input,
    government_code,
    {{ month_of(day) }} as month,
    {{ digest_of_rows([day] + columns) }} as digest
from {{ relation }}
group by government_code, {{ month_of(day) }}
{%- endmacro %}

{#- The digest of an input's rows that hold for a stretch of days; `months` are those to look at. -#}
{% macro digest_of_spells(input, relation, first_day, last_day, columns, months) -%}
select
    '{{ input }}' as input,
    months.government_code,
    months.month,
    {{ digest_of_rows(
        ['greatest(spell.' ~ first_day ~ ', months.month)',
         'least(spell.' ~ last_day ~ ', months.last_day)'] + columns
    ) }} as digest
from {{ months }} as months
inner join {{ relation }} as spell
    on
        months.government_code = spell.government_code
        and spell.{{ first_day }} <= months.last_day
        and spell.{{ last_day }} >= months.month
group by months.government_code, months.month
{%- endmacro %}

{#- Compare digests with those of the last build; a slice that is no longer there differs, too. -#}
{% macro differing(step, digests) -%}
select
    coalesce(tonight.input, built.input) as input,
    coalesce(tonight.government_code, built.government_code) as government_code,
    coalesce(tonight.month, built.month) as month,
    tonight.digest,
    coalesce(tonight.digest, '') <> coalesce(built.digest, '') as is_changed
from {{ digests }} as tonight
full outer join (
    select * from {{ source('raw', 'built_slice') }}
    where step = '{{ step }}'
) as built
    on
        tonight.input = built.input
        and tonight.government_code = built.government_code
        and tonight.month = built.month
{%- endmacro %}

{#- A condition: the row lies in a slice that is built again. -#}
{% macro is_in_changed_slice(slices, government_code, month) -%}
({{ government_code }}, {{ month }}) in (
    select
        changed.government_code,
        changed.month
    from {{ slices }} as changed
    where changed.is_changed
)
{%- endmacro %}

{#- A condition: the row lies in a slice that is built again, or all are built. -#}
{% macro in_changed_slice(slices, government_code, month) -%}
{% if is_incremental() -%}
{{ is_in_changed_slice(slices, government_code, month) }}
{%- else -%}
true
{%- endif %}
{%- endmacro %}

{#- The slices of a model before this one that are built again. -#}
{% macro built_again(input, slices) -%}
select distinct
    '{{ input }}' as input,
    government_code,
    month,
    cast(null as varchar) as digest,
    true as is_changed
from {{ slices }}
where is_changed
{%- endmacro %}

{#- A condition: the row lies on one of the days to look at, or all are built. -#}
{% macro on_days_of(days, government_code, day) -%}
{% if is_incremental() -%}
({{ government_code }}, {{ day }}) in (
    select
        wanted.government_code,
        wanted.punch_date
    from {{ days }} as wanted
)
{%- else -%}
true
{%- endif %}
{%- endmacro %}
