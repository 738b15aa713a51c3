{#
    Whether this run takes in new rows only: every model of the package that it selects carries the tag `realtime`, and the
    one that says whose rows are new is among them. Any other selection rebuilds what it selects from all rows.
#}
{% macro is_realtime_run() %}
    {% set found = namespace(is_realtime=false) %}
    {% if execute and model.resource_type != 'unit_test' and flags.WHICH in ('build', 'run') and not flags.FULL_REFRESH %}
        {% set found.is_realtime = 'model.ecommerce_segmentation.int_seg__users_to_refresh' in selected_resources %}
        {% for unique_id in selected_resources if unique_id.startswith('model.ecommerce_segmentation.') %}
            {% if 'realtime' not in graph.nodes[unique_id].tags %}
                {% set found.is_realtime = false %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(found.is_realtime) }}
{% endmacro %}
