{#
    What a test of a key looks at: in a realtime run a table by user can only have gone wrong in the rows that were made anew,
    as long as the user is part of the key.
#}
{% macro rows_to_test(relation, columns) -%}
    {%- set node = graph.nodes[model.attached_node] if execute -%}
    {%- set users = node.config.meta.get('users', 'int_seg__users_to_refresh') if execute -%}
    {%- if execute and 'user_id' in columns and node.config.materialized == 'by_user' and refreshes_some_users(users) -%}
    (select * from {{ relation }} where user_id in (select user_id from {{ upstream(users) }})) as rows_to_test
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}
