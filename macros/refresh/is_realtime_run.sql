{#
    Whether this run takes in new rows only: every model of the package that it selects carries the tag `realtime`, and the
    one that says whose rows are new is among them. Any other selection rebuilds what it selects from all rows.
#}
{% macro is_realtime_run() %}
    {% if not execute or model.resource_type == 'unit_test' or flags.WHICH not in ('build', 'run') or flags.FULL_REFRESH %}
        {{ return(false) }}
    {% endif %}
    {# Every by-user model asks, some several times: the answer is kept for the run. #}
    {% if 'seg__is_realtime_run' not in graph %}
        {% set found = namespace(is_realtime='model.ecommerce_segmentation.int_seg__users_to_refresh' in selected_resources) %}
        {% for unique_id in selected_resources if unique_id.startswith('model.ecommerce_segmentation.') %}
            {% if 'realtime' not in graph.nodes[unique_id].tags %}
                {% set found.is_realtime = false %}
            {% endif %}
        {% endfor %}
        {% do graph.update({'seg__is_realtime_run': found.is_realtime}) %}
    {% endif %}
    {{ return(graph['seg__is_realtime_run']) }}
{% endmacro %}
