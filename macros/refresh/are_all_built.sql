{# Whether this run makes each of these models. #}
{% macro are_all_selected(unique_ids) %}
    {{ return(not (unique_ids | reject('in', selected_resources) | list)) }}
{% endmacro %}

{# Whether each of these models has its table. #}
{% macro are_all_built(unique_ids) %}
    {{ return(not missing_tables(unique_ids)) }}
{% endmacro %}

{# The names of those of these models and seeds that have no table. #}
{% macro missing_tables(unique_ids) %}
    {% set missing = [] %}
    {% for unique_id in unique_ids %}
        {% set node = graph.nodes[unique_id] %}
        {% if not load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) %}
            {% do missing.append(node.name) %}
        {% endif %}
    {% endfor %}
    {{ return(missing) }}
{% endmacro %}

{# Stops a realtime run that no whole build went before: most of what it reads is not there. #}
{% macro raise_without_a_whole_build() %}
    {% set read = [] %}
    {% for unique_id in (selected_resources if is_realtime_run() else []) if unique_id in graph.nodes %}
        {% for parent in graph.nodes[unique_id].depends_on.nodes if parent.split('.')[0:2] | join('.') in
            ['model.ecommerce_segmentation', 'seed.ecommerce_segmentation'] and parent not in selected_resources + read
            and graph.nodes[parent].config.materialized != 'ephemeral' %}
            {% do read.append(parent) %}
        {% endfor %}
    {% endfor %}
    {% set missing = missing_tables(read) | sort %}
    {% if missing %}
        {% do exceptions.raise_compiler_error(
            'ecommerce_segmentation: tag:realtime takes in new rows after a whole build, and ' ~ missing | length
            ~ ' table(s) of one are missing, ' ~ missing[0] ~ ' among them: run dbt build first'
        ) %}
    {% endif %}
{% endmacro %}
