{#
    The cosine of two products' affinities over users, times n / (n + damping_users) for n shared users, times (length of the
    one / length of the other) to the power of the popularity damping: above 0, a neighbour that everybody knows counts less.
#}
{% macro pair_similarity(pairs, lengths, similar_lengths, popularity_damping, damping_users) -%}
    round(
        least(
            cast({{ pairs }}.shared_affinity as double) / ({{ lengths }}.length * {{ similar_lengths }}.length), 1
        )
        * {{ pairs }}.shared_user_count / ({{ pairs }}.shared_user_count + {{ damping_users }})
        {%- if popularity_damping %}
        * power({{ lengths }}.length / {{ similar_lengths }}.length, {{ popularity_damping }})
        {%- endif %},
        6
    )
{%- endmacro %}
