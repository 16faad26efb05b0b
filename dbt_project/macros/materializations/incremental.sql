{#-
    A table that is built slice by slice, and a few governments at a time: what is joined and sorted
    at once stays small. All of a province at once took more than twice as long. The slices that differ go and come again in one transaction, so that a night that breaks
    off leaves the table as it was.

    The model says which slices and which of its columns is the day of a row:
    `meta={'slices': 'slice_punch_day', 'day': 'punch_date'}`. Where its big inputs stand it says
    `in_this_part`; what it says of a government may not depend on another one.
-#}
{% materialization incremental, adapter='duckdb' -%}
    {%- set old = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set anew = old is none or should_full_refresh() -%}
    {%- set slices = ref(config.get('meta').slices) -%}
    {%- set parts = parts_of(slices, anew) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if anew -%}
            {%- if old is not none %}drop {{ old.type }} if exists {{ old }};{% endif %}
            {{ create_table_as(False, target, 'select * from (' ~ compiled_code ~ ') as of_all limit 0') }};
        {%- else -%}
            delete from {{ target }}
            where {{ is_in_changed_slice(slices, 'government_code', month_of(config.get('meta').day)) }};
        {%- endif -%}
        {%- for first, next in parts %}
            {{ begin_part(first, next) }}
            insert into {{ target }} by name {{ compiled_code }};
        {%- endfor %}
        {{ begin_part('', none) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{#-
    The governments to build, a few at a time: from each first code to before the next. A part has
    some `slices_at_once`; all parts of a table that is built anew together have every code there is.
-#}
{% macro parts_of(slices, anew) -%}
    {%- set asked -%}
        select min(government_code) as first_code
        from (
            select
                government_code,
                floor(sum(count(distinct month)) over (order by government_code) / {{ var('slices_at_once') }})
                    as part
            from {{ slices }}
            {%- if not anew %}
            where is_changed
            {%- endif %}
            group by government_code
        ) as numbered
        group by part
        order by first_code
    {%- endset -%}
    {%- set codes = run_query(asked).columns[0].values() | list -%}
    {%- set codes = ([''] + codes[1:]) if codes or anew else [] -%}
    {{ return(zip(codes, codes[1:] + [none]) | list) }}
{%- endmacro %}
