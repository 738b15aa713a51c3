{# Key of what a user was published in and is wanted in; equal for users with the same in all schemes. #}
{% macro segment_combination() -%}
    md5(
        {%- for column in segment_combination_columns() %}
        coalesce({{ column }} || '|', '-'){{ ' || ' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro segment_combination_columns() %}
    {% set columns = [] %}
    {% for scheme in segment_schemes() %}
        {% do columns.extend([scheme ~ '_from', scheme ~ '_last', scheme ~ '_wanted']) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
