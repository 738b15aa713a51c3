{# A number as text for people: whole ones as they are, others with two decimals. #}
{% macro number_in_words(expression) -%}
    case
        when {{ expression }} = floor({{ expression }}) then cast(cast({{ expression }} as bigint) as string)
        else cast(cast({{ expression }} as decimal(28, 2)) as string)
    end
{%- endmacro %}
