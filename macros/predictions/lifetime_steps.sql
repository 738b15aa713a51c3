{# Into how many steps a span is cut to discount what is expected in it. #}
{% macro lifetime_steps() %}
    {{ return(4) }}
{% endmacro %}
