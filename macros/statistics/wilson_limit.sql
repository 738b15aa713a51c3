{#
    The lower or upper end of the 95 % interval of a share of successes (Wilson 1927): inside 0-1, and sensible with no
    success and with few trials. Null without trials. More successes than trials count as all.
#}
{% macro wilson_limit(successes, trials, side) -%}
    {%- set z = 1.959964 -%}
    {%- set share -%}
        least(cast({{ successes }} as double) / nullif(cast({{ trials }} as double), 0), 1.0)
    {%- endset -%}
    greatest(0.0, least(1.0,
        (
            {{ share }} + {{ z * z / 2 }} / nullif(cast({{ trials }} as double), 0)
            {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt(
                {{ share }} * (1 - {{ share }}) / nullif(cast({{ trials }} as double), 0)
                + {{ z * z / 4 }} / nullif(cast({{ trials }} as double) * cast({{ trials }} as double), 0)
            )
        ) / (1 + {{ z * z }} / nullif(cast({{ trials }} as double), 0))
    ))
{%- endmacro %}
