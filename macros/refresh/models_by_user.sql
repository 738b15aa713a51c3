{# The unique ids of the models of which a realtime run makes some rows anew and keeps the others. #}
{% macro models_by_user() %}
    {% set found = [] %}
    {% for node in (graph.nodes.values() if execute else []) %}
        {% if node.package_name == 'ecommerce_segmentation' and node.resource_type == 'model'
            and (
                node.config.materialized == 'by_user'
                or node.name in ['int_seg__shared_session_ids', 'seg__rejected_rows']
            ) %}
            {% do found.append(node.unique_id) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
