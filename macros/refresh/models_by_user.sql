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

{#
    Whether this run makes all of them, and finds what is new itself: what an earlier run found may be the new rows of then alone.
#}
{% macro is_by_user_whole() %}
    {{ return(not execute or are_all_selected(models_by_user() + [
        'model.ecommerce_segmentation.int_seg__event_fingerprints', 'model.ecommerce_segmentation.int_seg__input_fingerprints',
    ])) }}
{% endmacro %}
