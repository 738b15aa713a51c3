{#
    The events that a model by user is made of: those of the users to refresh, which lie beside `seg__events`, or all of them.
    users: the model that says which users the model makes anew, these or everybody.
#}
{% macro events_of_run(users='int_seg__users_to_refresh') -%}
    {#- A test reads what is there already, and may come without its parents. -#}
    {%- if model.resource_type != 'test' -%}
    {%- set events = ref('seg__events') -%}
    {%- elif execute -%}
    {%- set node = graph.nodes['model.ecommerce_segmentation.seg__events'] -%}
    {%- set events = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- endif -%}
    {{ relation_beside(events) if refreshes_some_users(users) else events }}
{%- endmacro %}
