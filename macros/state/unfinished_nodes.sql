{#
    What a build has begun and no build has finished yet: one row per model, seed and failed test of the package and build.
    A build that is killed cannot say so afterwards, so it says at its start what it is about to make, and at its end what of
    it is made. The table lies beside the package's models and is none itself: it is written before and after all of them.
#}
{% macro unfinished_nodes() %}
    {{ return(refreshed_fingerprints().incorporate(path={'identifier': 'int_seg__unfinished_nodes'})) }}
{% endmacro %}

{# What all tables by user hold, by `int_seg__refreshed_fingerprints`. #}
{% macro refreshed_fingerprints() %}
    {% set node = graph.nodes['model.ecommerce_segmentation.int_seg__refreshed_fingerprints'] %}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='table')) }}
{% endmacro %}

{# Run before a build: everything that it is to make counts as unfinished. Other commands write nothing. #}
{% macro begin_build() %}
    {{ return(adapter.dispatch('begin_build', 'ecommerce_segmentation')()) }}
{% endmacro %}

{% macro default__begin_build() %}
    {% set rows = [] %}
    {% for unique_id in (selected_resources if is_build() else []) %}
        {% set node = graph.nodes.get(unique_id) %}
        {% if node.package_name == 'ecommerce_segmentation' and node.resource_type in ['model', 'seed']
            and node.config.materialized != 'ephemeral' %}
            {% do rows.append("('" ~ unique_id ~ "', '" ~ invocation_id ~ "')") %}
        {% endif %}
    {% endfor %}
    {% if rows %}
        create schema if not exists {{ unfinished_nodes().without_identifier() }};
        create table if not exists {{ unfinished_nodes() }} (node varchar, invocation_id varchar);
        insert into {{ unfinished_nodes() }} values {{ rows | join(', ') }};
    {% endif %}
{% endmacro %}

{# Spark deletes no row of a table of files: there nothing is remembered. #}
{% macro spark__begin_build() %}
{% endmacro %}

{#
    Run after a build, unless that was killed: what succeeded is finished, whichever build began it; a failed test is not. After
    a build of some tables by user without the others, `int_seg__refreshed_fingerprints` is emptied: the next realtime run
    refreshes everybody.
#}
{% macro end_build() %}
    {{ return(adapter.dispatch('end_build', 'ecommerce_segmentation')()) }}
{% endmacro %}

{% macro default__end_build() %}
    {% set finished, failed = [], [] %}
    {# Tables that a realtime run keeps rows of. #}
    {% set kept = models_by_user() + [
        'model.ecommerce_segmentation.int_seg__identities_kept', 'model.ecommerce_segmentation.int_seg__user_aliases',
    ] %}
    {% set made = namespace(kept=false, fingerprints=false) %}
    {% for result in (results if is_build() and not flags.EMPTY else []) %}
        {% if result.node.package_name == 'ecommerce_segmentation' %}
            {% if result.status | string in ['success', 'pass', 'warn'] %}
                {% do finished.append("'" ~ result.node.unique_id ~ "'") %}
                {% set made.kept = made.kept or result.node.unique_id in kept %}
                {% set made.fingerprints = made.fingerprints or result.node.name == 'int_seg__refreshed_fingerprints' %}
            {% elif result.status | string in ['fail', 'error'] and result.node.resource_type in ['test', 'unit_test'] %}
                {% do failed.append("('" ~ result.node.unique_id ~ "', '" ~ invocation_id ~ "')") %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {# What was made without the others may hold other rows or settings: what all of them hold is then not known. #}
    {% if made.kept and not (made.fingerprints and is_by_user_whole()) and load_relation(refreshed_fingerprints()) %}
        delete from {{ refreshed_fingerprints() }};
    {% endif %}
    {% if finished or failed %}
        create table if not exists {{ unfinished_nodes() }} (node varchar, invocation_id varchar);
    {% endif %}
    {% if failed %}
        insert into {{ unfinished_nodes() }} values {{ failed | join(', ') }};
    {% endif %}
    {% if finished %}
        delete from {{ unfinished_nodes() }} where node in ({{ finished | join(', ') }});
    {% endif %}
{% endmacro %}

{% macro spark__end_build() %}
{% endmacro %}

{# Whether the command makes tables; `dbt retry` counts as what it repeats. #}
{% macro is_build() %}
    {{ return(execute and flags.WHICH in ('build', 'run')) }}
{% endmacro %}
