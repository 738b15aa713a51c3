{#
    Whether this run replaces the rows of some users and leaves those of the others. Asked when a model runs, after the
    users were found: one row without a user stands for everybody.
#}
{% macro refreshes_some_users(users='int_seg__users_to_refresh') %}
    {% if not is_realtime_run() %}
        {{ return(false) }}
    {% endif %}
    {% set everybody = run_query('select count(*) as row_count from ' ~ upstream(users) ~ ' where user_id is null') %}
    {{ return(everybody.rows[0][0] == 0) }}
{% endmacro %}
