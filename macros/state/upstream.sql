{#
    The relation of a model that a test reads beside the one it is about, which must come after it. `dbt build --select`
    runs a test as soon as any one of its parents is selected: with a ref, a part of the package could not be built alone.
#}
{% macro upstream(model) %}
    {%- if execute -%}
        {{ graph.nodes['model.ecommerce_segmentation.' ~ model].relation_name }}
    {%- else -%}
        {{ model }}
    {%- endif -%}
{% endmacro %}
