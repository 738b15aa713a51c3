{#
    A select of what was bought before the date per the given columns: `purchase_weight`, the latest days counting most.
    dated: name of a relation with as_of_date and the key that the purchases are of.
    key: user_id or product_id. columns: of `signals` and of the relation.
#}
{% macro recent_purchases(dated, key, columns) -%}
    select
        {% for column in columns %}
        {{ column }},
        {% endfor %}
        {{ exact_sum(half_life_decay(
            'signals.activity_date', dated ~ '.as_of_date', var('seg__popularity_half_life_days')
        )) }} as purchase_weight
    from {{ ref('int_seg__product_signals') }} as signals
    inner join {{ dated }}
        on
            signals.{{ key }} = {{ dated }}.{{ key }}
            and signals.activity_date < {{ dated }}.as_of_date
    where signals.is_target = 1
    group by {{ columns | join(', ') }}
{%- endmacro %}
