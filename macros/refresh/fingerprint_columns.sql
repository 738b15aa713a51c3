{# Columns of `int_seg__input_fingerprints`: name -> type. #}
{% macro fingerprint_columns() %}
    {{ return({
        'part': 'string', 'part_key': 'string', 'user_id': 'string',
        'row_count': 'bigint', 'fingerprint': 'decimal(38, 0)', 'loaded_until': 'timestamp', 'due_at': 'timestamp',
        'load_fingerprint': 'decimal(38, 0)'
    }) }}
{% endmacro %}
