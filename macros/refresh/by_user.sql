{#
    A table of which a realtime run replaces the rows of the users to refresh, in one transaction; any other run makes it
    anew, as the materialization `table` does. What the model reads of these users it limits by `only_users_to_refresh`.
    `meta: {users: ...}` names the model that says which users, where it is not `int_seg__users_to_refresh`; `meta: {input_name:
    ...}` leaves out those of whom no row of the input changed; with `meta: {is_kept_beside: true}` the rows that the run made lie
    in a table beside it as well, for who reads these alone: to find them among all takes a scan each time.
#}
{% materialization by_user, default %}
    {%- set users = model.config.meta.get('users', 'int_seg__users_to_refresh') -%}
    {%- set input_name = model.config.meta.get('input_name') -%}
    {%- set beside = relation_beside(this).incorporate(type='table') if model.config.meta.get('is_kept_beside') -%}
    {%- if not refreshes_some_users(users) -%}
        {%- if beside -%}
            {%- do adapter.drop_relation(beside) -%}
        {%- endif -%}
        {{ return(made_in_place('table')) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {# A contract orders the columns of the table as it lists them. #}
    {%- set columns = model.columns.keys() | join(', ') if model.config.contract.enforced else '*' -%}

    {%- set erase -%}
        delete from {{ this }}
        where user_id in (
            select user_id from {{ upstream(users) }}
            {{ 'where has_' ~ input_name if input_name }}
        )
    {%- endset -%}
    {%- set insert -%}
        insert into {{ this }} {{ '(' ~ columns ~ ')' if columns != '*' }}
        select {{ columns }}
        {% if beside %}
        from {{ beside }}
        {% else %}
        from (
            {{ compiled_code }}
        ) as rows_of_users
        {% endif %}
    {%- endset -%}
    {%- set make = ['drop table if exists ' ~ beside, get_create_table_as_sql(false, beside, compiled_code)] if beside else [] -%}
    {% do run_in_one_go(make + [erase, insert]) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [this]}) }}
{% endmaterialization %}
