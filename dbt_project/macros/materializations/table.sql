{#-
    A table, built in place of dbt-duckdb's own way: that one builds beside the old table, renames
    both and drops the old one, six statements and a commit more for each of a hundred models. Here
    the old table goes and the new one comes in one transaction, so that a night that breaks off
    leaves the old one.

    Without what no model of ours has: grants, indexes, foreign keys, comments, Python.
-#}
{% materialization table, adapter='duckdb' -%}
    {%- set old = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if old is not none %}drop {{ old.type }} if exists {{ old }};{% endif %}
        {{ create_table_as(False, target, compiled_code) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
