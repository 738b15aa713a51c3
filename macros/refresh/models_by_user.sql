{# The unique ids of the models of which a realtime run replaces the rows of some users. #}
{% macro models_by_user() %}
    {% set found = [] %}
    {% for node in (graph.nodes.values() if execute else []) %}
        {% if node.package_name == 'ecommerce_segmentation' and node.resource_type == 'model'
            and node.config.materialized == 'by_user' %}
            {% do found.append(node.unique_id) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
