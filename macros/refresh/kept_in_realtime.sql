{#
    A table that a realtime run leaves as the last whole build made it, with the earlier dates that recommendations are
    measured at: what the run makes, of the users to measure and the scoring date, goes into a table beside it, which
    `of_run` reads. The next other run drops that.
    `meta: {whole: view}` names what is made of the model where everybody is measured, if that is no table.
#}
{% materialization kept_in_realtime, default %}
    {%- set beside = load_relation(relation_beside(this)) -%}
    {%- if not is_realtime_run() -%}
        {%- if beside -%}
            {%- do adapter.drop_relation(beside) -%}
        {%- endif -%}
        {{ return(made_in_place(model.config.meta.get('whole', 'table'))) }}
    {%- endif -%}

    {%- set is_whole = not refreshes_some_users('int_seg__users_to_measure') -%}
    {%- set kind = model.config.meta.get('whole', 'table') if is_whole else 'table' -%}
    {%- set made = relation_beside(this).incorporate(type=kind) -%}
    {%- set kept = load_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set make = get_create_view_as_sql(made, compiled_code) if kind == 'view' else get_create_table_as_sql(false, made, compiled_code) -%}
    {% do run_in_one_go((['drop ' ~ beside.type ~ ' if exists ' ~ beside] if beside else []) + [make]) %}

    {# Who asked to be forgotten: then everybody is refreshed. #}
    {%- set is_kept = kept and kept.is_table and not refreshes_some_users() -%}
    {%- if is_kept and 'user_id' in adapter.get_columns_in_relation(kept) | map(attribute='name') -%}
        {% call statement('erase') -%}
            delete from {{ kept }}
            where user_id not in (select user_id from {{ upstream('int_seg__users') }})
        {%- endcall %}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [made]}) }}
{% endmaterialization %}

{# Where a realtime run puts what it makes of such a model. #}
{% macro relation_beside(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__refreshed'})) }}
{% endmacro %}
