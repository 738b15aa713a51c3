{#
    Runs the statements of a materialization, of which the last is its main one. Each that is sent by itself costs dbt work of its
    own besides, so DuckDB gets them in one go.
#}
{% macro run_in_one_go(statements) %}
    {{ return(adapter.dispatch('run_in_one_go', 'ecommerce_segmentation')(statements)) }}
{% endmacro %}

{% macro default__run_in_one_go(statements) %}
    {% for sql in statements %}
        {% call statement('main' if loop.last else 'before') %}
            {{ sql }}
        {% endcall %}
    {% endfor %}
{% endmacro %}

{% macro duckdb__run_in_one_go(statements) %}
    {% call statement('main') %}
        {{ statements | join(';\n') }}
    {% endcall %}
{% endmacro %}
