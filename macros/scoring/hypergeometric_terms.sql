{#
    Terms `first_term` to `first_term + count - 1` of Gauss's hypergeometric series F(a, b; c; z), by Horner's rule, with
    `rest` the sum of those after, each relative to the one before.
#}
{% macro hypergeometric_terms(a, b, c, z, first_term, count, rest) -%}
    {%- set nested = namespace(sql=rest) -%}
    {%- for term in range(first_term + count - 1, first_term - 1, -1) -%}
        {%- set nested.sql -%}
            (1 + ({{ a }} + {{ term }}) * ({{ b }} + {{ term }}) / (({{ c }} + {{ term }}) * {{ term + 1 }}) * {{ z }} * {{ nested.sql }})
        {%- endset -%}
    {%- endfor -%}
    {{ nested.sql }}
{%- endmacro %}
