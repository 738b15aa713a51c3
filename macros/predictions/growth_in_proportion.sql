{#
    By how much an amount grows from a window to a horizon where as much comes on every day: in proportion to the days, or,
    where money of later counts less, to what they are worth (`seg__annual_discount_rate`).
    horizon_days, window_days: SQL expressions.
#}
{% macro growth_in_proportion(horizon_days, window_days, is_discounted=false) -%}
    {%- set yearly = 1 + var('seg__annual_discount_rate') -%}
    {%- if is_discounted and yearly != 1 -%}
        ((1 - power({{ yearly }}, -{{ horizon_days }} / 365.0)) / (1 - power({{ yearly }}, -{{ window_days }} / 365.0)))
    {%- else -%}
        (1.0 * {{ horizon_days }} / {{ window_days }})
    {%- endif -%}
{%- endmacro %}
