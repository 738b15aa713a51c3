{#
    The events that a model by user is made of: those of the users to refresh, or all of them.
    users: the model that says which users the model makes anew, these or everybody.
#}
{% macro events_of_run(users='int_seg__users_to_refresh') -%}
    {%- if model.resource_type == 'test' -%}
    {{ upstream('int_seg__refreshed_events' if refreshes_some_users(users) else 'seg__events') }}
    {%- else -%}
    {#- A unit test knows nothing of a run. -#}
    {%- set refreshed = ref('int_seg__refreshed_events') if model.resource_type == 'model' -%}
    {%- set events = ref('seg__events') -%}
    {{ refreshed if refreshes_some_users(users) else events }}
    {%- endif -%}
{%- endmacro %}
