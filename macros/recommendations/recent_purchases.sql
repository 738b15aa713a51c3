{#
    A select of what was bought, and kept, before the date per the given columns: `purchase_weight`, the latest days
    counting most.
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
    left join {{ ref('int_seg__products_sent_back') }} as sent_back
        on
            {{ dated }}.as_of_date = sent_back.as_of_date
            and signals.user_id = sent_back.user_id
            and signals.product_id = sent_back.product_id
    where signals.is_target = 1 and sent_back.product_id is null
    group by {{ columns | join(', ') }}
{%- endmacro %}
