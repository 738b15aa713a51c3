{# Columns of `seg__segment_versions`: name -> type. #}
{% macro segment_version_columns() %}
    {{ return({
        'as_of_date': 'date', 'scheme': 'string', 'segment_key': 'string', 'cluster_number': 'int',
        'segment_name': 'string', 'event': 'string', 'related_segment_key': 'string', 'overlap': 'double'
    }) }}
{% endmacro %}
