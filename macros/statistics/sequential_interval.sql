{#
    Half the length of an asymptotic confidence sequence around a mean or difference with this variance (of the estimate)
    after `count` users: it holds at all counts at once, so it may be looked at every day. It is narrowest near
    `planned_count`, which must not depend on the data.
    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, Time-uniform central limit theory and asymptotic confidence
    sequences, theorem 2.2 and (its rho) appendix B.2; the boundary is that of the normal-mixture SPRT (Robbins 1970).
#}
{% macro sequential_half_width(variance, count, planned_count) -%}
    {%- set information = '(' ~ count ~ ' * ' ~ sequential_rho_squared(planned_count) ~ ')' -%}
    sqrt(
        {{ variance }} * 2 * ({{ information }} + 1) / {{ information }}
        * ln(sqrt({{ information }} + 1) / {{ significance()['alpha'] }})
    )
{%- endmacro %}

{# The always-valid p-value: the level at which that interval just touches zero, at most 1. #}
{% macro sequential_p_value(difference, variance, count, planned_count) -%}
    {%- set information = '(' ~ count ~ ' * ' ~ sequential_rho_squared(planned_count) ~ ')' -%}
    least(1.0, sqrt({{ information }} + 1) * exp(
        -0.5 * {{ information }} / ({{ information }} + 1) * {{ difference }} * {{ difference }} / {{ variance }}
    ))
{%- endmacro %}

{# -2 ln(alpha) + ln(-2 ln(alpha) + 1), per planned user, alpha 0.05. #}
{% macro sequential_rho_squared(planned_count) -%}
    {%- if significance()['alpha'] != 0.05 -%}
        {{ exceptions.raise_compiler_error('sequential_rho_squared is worked out for alpha = 0.05') }}
    {%- endif -%}
    (7.936154601738 / {{ planned_count }})
{%- endmacro %}
