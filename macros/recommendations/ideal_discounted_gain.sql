{# The discounted gain of a list of k that could not be better, for so many products to be found (at least one). #}
{% macro ideal_discounted_gain(target_count, k) -%}
    (
        {%- for rank in range(1, k + 1) %}
        case when {{ target_count }} >= {{ rank }} then {{ discounted_gain(rank) }} else 0 end{{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
