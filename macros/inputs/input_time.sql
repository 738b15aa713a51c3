{# The column that says when what a row of an input tells happened. #}
{% macro input_time(input_name) %}
    {{ return(input_contract(none)[input_name] | selectattr(1, 'equalto', 'time') | map(attribute=0) | first) }}
{% endmacro %}
