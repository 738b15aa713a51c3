{#
    A select of what a table held before the build: how a table remembers the as-of dates that were run. No row at
    the first build, and null for a column that it did not have yet. A full refresh rebuilds from it as well, so
    nothing of the past is dropped.

    columns: name -> type.
    model: a model of this package that is built later in the same run; the model itself where none is named. A ref
    would be a circle: what is decided on this date depends on what was fitted on the dates before.
#}
{% macro earlier_rows(columns, model=none) %}
    {%- set relation = none -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set place = namespace(relation=this) -%}
        {%- if model -%}
            {%- set node = graph.nodes['model.ecommerce_segmentation.' ~ model] -%}
            {%- set place.relation = api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias
            ) -%}
        {%- endif -%}
        {%- set relation = load_relation(place.relation) -%}
    {%- endif -%}
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
