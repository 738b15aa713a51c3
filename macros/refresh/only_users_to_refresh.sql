{#
    A condition that holds for the rows that the run makes: those of the users to refresh, or all of them.
    source: the column holds an id as the shop gave it; every id that resolves to such a user counts.
#}
{% macro only_users_to_refresh(column, users='int_seg__users_to_refresh', source=false) -%}
    {#- Models come after the users, tests do not; a unit test knows nothing of a run. -#}
    {%- set relation = ref(users) if model.resource_type == 'model' -%}
    {%- set aliases = ref('int_seg__user_aliases') if model.resource_type == 'model' and source -%}
    {%- if not refreshes_some_users(users) -%}
    true
    {%- elif source -%}
    {{ column }} in (
        select user_id from {{ relation }}
        union all
        select source_user_id from {{ aliases }} where user_id in (select user_id from {{ relation }})
    )
    {%- else -%}
    {{ column }} in (select user_id from {{ relation or upstream(users) }})
    {%- endif -%}
{%- endmacro %}
