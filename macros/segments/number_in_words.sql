{#
    A number as text for people: whole ones as they are, others with two decimals, below 0.1 with as many as are asked for.
#}
{% macro number_in_words(expression, small_decimals=2) -%}
    case
        when {{ expression }} = floor({{ expression }}) then cast(cast({{ expression }} as bigint) as string)
        when abs({{ expression }}) < 0.1 then cast(cast({{ expression }} as decimal(28, {{ small_decimals }})) as string)
        else cast(cast({{ expression }} as decimal(28, 2)) as string)
    end
{%- endmacro %}
