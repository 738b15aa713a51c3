{#
    One row per product: whether its list price leaves the margin that the shop wants of what it recommends. What is not
    known breaks no rule.
#}
select
    product_id,
    {% if var('seg__minimum_margin_share') is none %}
    true as is_margin_enough
    {% else %}
    -- Rounded: a price of 10 at a cost of 9 leaves one tenth.
    coalesce(
        round({{ ratio('list_price - unit_cost', 'list_price') }}, 9) >= {{ var('seg__minimum_margin_share') }},
        true
    ) as is_margin_enough
    {% endif %}
from {{ ref('seg__products') }}
