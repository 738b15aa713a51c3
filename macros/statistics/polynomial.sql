{# Value of a polynomial at x by Horner's rule, in doubles; coefficients from the highest power down, as text. #}
{% macro polynomial(x, coefficients) -%}
    {%- set nested = namespace(sql='cast(' ~ coefficients[0] ~ ' as double)') -%}
    {%- for coefficient in coefficients[1:] -%}
        {%- set nested.sql = '(' ~ nested.sql ~ ' * ' ~ x ~ ' + cast(' ~ coefficient ~ ' as double))' -%}
    {%- endfor -%}
    {{ nested.sql }}
{%- endmacro %}
