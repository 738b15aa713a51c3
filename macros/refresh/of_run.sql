{#
    What the run makes of a model that is `kept_in_realtime`: all of it or, in a realtime run, the table beside it. A test,
    which may come later, reads what the last run made.
#}
{% macro of_run(model_name) -%}
    {%- if model.resource_type == 'test' -%}
    {{ (refreshed_relation(model_name) or upstream(model_name)) if execute else model_name }}
    {%- else -%}
    {%- set relation = ref(model_name) -%}
    {{ relation_beside(relation) if is_realtime_run() else relation }}
    {%- endif -%}
{%- endmacro %}

{# The table that the last run left beside such a model; none where that was no realtime run. #}
{% macro refreshed_relation(model_name) %}
    {% set node = graph.nodes['model.ecommerce_segmentation.' ~ model_name] %}
    {{ return(load_relation(relation_beside(
        api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)
    ))) }}
{% endmacro %}
