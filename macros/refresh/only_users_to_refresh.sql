{#
    A condition that holds for the rows that the run makes: those of the users to refresh, or all of them.
    source: the column holds an id as the shop gave it; every id that resolves to such a user counts.
#}
{% macro only_users_to_refresh(column, users='int_seg__users_to_refresh', source=false) -%}
    {#- A unit test is given the rows that it is about and nothing of the run. -#}
    {%- set relation = ref(users) if model.resource_type != 'unit_test' -%}
    {%- set aliases = ref('int_seg__user_aliases') if source and model.resource_type != 'unit_test' -%}
    {%- if not refreshes_some_users(users) -%}
    true
    {%- elif source -%}
    {{ column }} in (
        select user_id from {{ relation }}
        union all
        select source_user_id from {{ aliases }} where user_id in (select user_id from {{ relation }})
    )
    {%- else -%}
    {{ column }} in (select user_id from {{ relation }})
    {%- endif -%}
{%- endmacro %}
