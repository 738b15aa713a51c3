{#
    DuckDB copies its log into the file whenever the log exceeds 16 MB, and once more when the file is closed. On a file of 3 GB
    the first of these took a second of a realtime run; up to 256 MB it waits for the end. A limit of the shop's own other than
    the default stays.
#}
{% macro put_off_checkpoints() %}
    {{ return(adapter.dispatch('put_off_checkpoints', 'ecommerce_segmentation')()) }}
{% endmacro %}

{% macro default__put_off_checkpoints() %}
{% endmacro %}

{% macro duckdb__put_off_checkpoints() %}
    {% if is_realtime_run() and run_query("select current_setting('checkpoint_threshold')").rows[0][0] == '16.0 MiB' %}
        set global checkpoint_threshold = '256MB';
    {% endif %}
{% endmacro %}
