{#
    How strongly a candidate is recommended: what speaks for it in the user's own behaviour, weighted by a blend of
    `seg_ref__recommendation_blends`, and damped by how little the product is bought right now. Never negative.
#}
{% macro blend_score(candidates, blends) -%}
    round(
        (
            {{ blends }}.own_weight * {{ candidates }}.own_strength
            + {{ blends }}.browse_weight * {{ candidates }}.browse_strength
            + {{ blends }}.similar_weight * {{ candidates }}.similar_strength
            + {{ blends }}.popular_weight
        ) * power(greatest({{ candidates }}.popularity, 0.000001), {{ blends }}.popularity_exponent),
        9
    )
{%- endmacro %}
