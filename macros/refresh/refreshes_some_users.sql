{#
    Whether this run replaces the rows of some users and leaves those of the others. Asked when a model runs, after the
    users were found: one row without a user stands for everybody.
#}
{% macro refreshes_some_users(users='int_seg__users_to_refresh') %}
    {% if not is_realtime_run() %}
        {{ return(false) }}
    {% endif %}
    {% set answer = 'seg__refreshes_some_' ~ users %}
    {% if answer not in graph %}
        {% set everybody = run_query('select count(*) as row_count from ' ~ upstream(users) ~ ' where user_id is null') %}
        {% do graph.update({answer: everybody.rows[0][0] == 0}) %}
    {% endif %}
    {{ return(graph[answer]) }}
{% endmacro %}
