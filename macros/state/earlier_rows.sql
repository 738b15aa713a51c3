{#
    A select of what this table held before the build: how a table remembers the as-of dates that were run. No row at
    the first build, and null for a column that it did not have yet. A full refresh rebuilds from it as well, so
    nothing of the past is dropped.

    columns: name -> type.
#}
{% macro earlier_rows(columns) %}
    {%- set relation = load_relation(this) if execute and flags.WHICH in ('build', 'run') else none -%}
    {%- set known = adapter.get_columns_in_relation(relation) | map(attribute='name') | list if relation else [] -%}
    select
        {% for name, type in columns.items() %}
        cast({{ name if name in known else 'null' }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    {% if relation %}
    from {{ relation }}
    {% else %}
    where false
    {% endif %}
{% endmacro %}
