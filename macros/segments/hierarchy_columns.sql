{# Columns of the fits of the tree, long: name -> type. #}
{% macro hierarchy_columns() %}
    {{ return({
        'as_of_date': 'date', 'record_type': 'string', 'node': 'int', 'item_name': 'string', 'item_value': 'double'
    }) }}
{% endmacro %}
