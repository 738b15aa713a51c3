{# The column, or expression, that identifies a row of an input. #}
{% macro input_key(input_name) %}
    {{ return({
        'identities': 'link_id',
    }.get(input_name, input_contract(input_name)[0][0])) }}
{% endmacro %}
