{#
    P(X > x) of chi-square with so many degrees of freedom (1-20, whole): the finite sums that hold for whole
    degrees, exact but for rounding. Null beyond 20 degrees.
#}
{% macro chi_square_tail(x, degrees) -%}
    (case
        when {{ degrees }} < 1 or {{ degrees }} > 20 then null
        when {{ x }} > 1400 then 0.0
        when {{ degrees }} % 2 = 0 then exp(-0.5 * {{ x }}) * (
            {{ chi_square_terms(x, degrees, 0) }}
        )
        else 2 * {{ normal_tail('sqrt(' ~ x ~ ')') }} + exp(-0.5 * {{ x }}) * (
            {{ chi_square_terms(x, degrees, 0.5) }}
        )
    end)
{%- endmacro %}

{# (x / 2) ** power / Gamma(power + 1) for powers from 0 or 0.5 up to degrees / 2 - 1. #}
{% macro chi_square_terms(x, degrees, first_power) -%}
    {%- set gamma = namespace(value=1.0 if first_power == 0 else 0.886226925452758) -%}
    {%- for step in range(0, 10) -%}
        {%- set power = first_power + step -%}
        {%- if step > 0 -%}{%- set gamma.value = gamma.value * power -%}{%- endif -%}
        case when {{ degrees }} >= {{ 2 * power + 2 }} then power({{ x }} / 2.0, {{ power }}) / {{ double_literal(gamma.value) }} else 0 end
        {{- ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
