{# The segmentation schemes that feedback is shown by: those of the var that the package has. #}
{% macro feedback_schemes() %}
    {% set schemes = var('seg__feedback_schemes') | select('in', segment_schemes()) | list %}
    {% if schemes | length < var('seg__feedback_schemes') | length %}
        {% do exceptions.raise_compiler_error(
            'seg__feedback_schemes: ' ~ var('seg__feedback_schemes') | join(', ') ~ '; possible are '
            ~ segment_schemes() | join(', ')
        ) %}
    {% endif %}
    {{ return(schemes) }}
{% endmacro %}
