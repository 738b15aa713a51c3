{# Whether this run makes each of these models. #}
{% macro are_all_selected(unique_ids) %}
    {{ return(not (unique_ids | reject('in', selected_resources) | list)) }}
{% endmacro %}

{# Whether each of these models has its table. #}
{% macro are_all_built(unique_ids) %}
    {% set missing = [] %}
    {% for unique_id in unique_ids %}
        {% set node = graph.nodes[unique_id] %}
        {% if not load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) %}
            {% do missing.append(unique_id) %}
        {% endif %}
    {% endfor %}
    {{ return(not missing) }}
{% endmacro %}
