{#
    One row per product: whether its list price leaves the margin that the shop wants of what it recommends. What is not
    known breaks no rule.
#}
select
    product_id,
    {% if var('seg__minimum_margin_share') is none %}
    true as is_margin_enough
    {% else %}
    case
        -- A sample: what is given away costs what it costs.
        when list_price = 0 and unit_cost > 0 then false
        -- Rounded: a price of 10 at a cost of 9 leaves one tenth.
        else coalesce(
            round({{ ratio('list_price - unit_cost', 'list_price') }}, 9) >= {{ var('seg__minimum_margin_share') }},
            true
        )
    end as is_margin_enough
    {% endif %}
from {{ ref('seg__products') }}
