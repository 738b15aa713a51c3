{#
    A condition that holds for the rows that the run makes: those of the users to refresh, or all of them.
    source: the column holds an id as the shop gave it; every id that resolves to such a user counts.
    input_name: only users of whom rows of this input changed.
#}
{% macro only_users_to_refresh(column, users='int_seg__users_to_refresh', source=false, input_name=none) -%}
    {#- Models come after the users, tests do not; a unit test knows nothing of a run. -#}
    {%- set relation = ref(users) if model.resource_type == 'model' -%}
    {%- set aliases = ref('int_seg__user_aliases') if model.resource_type == 'model' and source -%}
    {%- if not refreshes_some_users(users) -%}
    true
    {%- else -%}
    {%- set chosen = 'select user_id from ' ~ (relation or upstream(users)) ~ (' where has_' ~ input_name if input_name) -%}
    {%- if source -%}
    {{ column }} in (
        {{ chosen }}
        union all
        select source_user_id from {{ aliases }} where user_id in ({{ chosen }})
    )
    {%- else -%}
    {{ column }} in ({{ chosen }})
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
