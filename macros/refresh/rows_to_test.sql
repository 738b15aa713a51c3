{#
    What a test of a key looks at: in a realtime run only the rows that were made anew can repeat a key of a table by user.
    Of a table that is kept in realtime it is what the last run made.
#}
{% macro rows_to_test(relation, columns) -%}
    {%- set node = graph.nodes[model.attached_node] if execute -%}
    {%- set users = node.config.meta.get('users', 'int_seg__users_to_refresh') if execute -%}
    {%- if execute and node.config.materialized == 'kept_in_realtime' -%}
    {{ refreshed_relation(node.name) or relation }}
    {%- elif not execute or node.config.materialized != 'by_user' or not refreshes_some_users(users) -%}
    {{ relation }}
    {%- elif 'user_id' in columns -%}
    (select * from {{ relation }} where {{ only_users_to_refresh('user_id', users) }}) as rows_to_test
    {%- else -%}
    {%- set key = columns | join(', ') -%}
    (
        select * from {{ relation }}
        where ({{ key }}) in (select ({{ key }}) from {{ relation }} where {{ only_users_to_refresh('user_id', users) }})
    ) as rows_to_test
    {%- endif -%}
{%- endmacro %}
