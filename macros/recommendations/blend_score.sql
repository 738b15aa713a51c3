{#
    How strongly a candidate is recommended: the weighted sum of what speaks for it, by the weights of
    `int_seg__recommendation_blends` in one row. 0 or more.
#}
{% macro blend_score(candidates, blends) -%}
    round(
        {%- for strength in recommendation_strengths() %}
        {{ blends }}.{{ strength }}_weight * {{ candidates }}.{{ strength }}_strength{{ ' +' if not loop.last else ',' }}
        {%- endfor %}
        9
    )
{%- endmacro %}
