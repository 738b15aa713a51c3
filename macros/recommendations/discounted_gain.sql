{# What a hit at a rank is worth for NDCG: 1 at the first, less at each later one (1 / log2(rank + 1)). #}
{% macro discounted_gain(rank) -%}
    (ln(2.0) / ln(1.0 + {{ rank }}))
{%- endmacro %}
