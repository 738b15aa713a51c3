{# One row per accepted line of the input `order_lines`, under the resolved user. #}
{{ config(materialized='by_user', meta={'input_name': 'order_lines'}) }}

with

kept as (

    {{ kept_rows(
        ref('int_seg__order_lines_judged'),
        'order_line_id',
        ['order_line_id', 'ordered_at', 'order_id', 'user_id', 'product_id', 'quantity', 'unit_price',
         'discount_amount', 'order_status', 'coupon_id', 'channel'],
        input_name='order_lines',
        version='loaded_at'
    ) }}

)

select
    kept.order_line_id,
    trim(kept.order_id) as order_id,
    coalesce(user_aliases.user_id, kept.user_id) as user_id,
    kept.user_id as source_user_id,
    trim(kept.product_id) as product_id,
    kept.ordered_at,
    lower(trim(kept.order_status)) as order_status,
    nullif(trim(kept.coupon_id), '') as coupon_id,
    kept.channel,
    cast(kept.quantity as bigint) as quantity,
    cast(kept.unit_price as decimal(18, 4)) as unit_price,
    cast(coalesce(kept.discount_amount, 0) as decimal(18, 4)) as discount_amount,
    kept.copy_count
from kept
left join {{ ref('int_seg__user_aliases') }} as user_aliases
    on kept.user_id = user_aliases.source_user_id
where {{ only_users_to_refresh('coalesce(user_aliases.user_id, kept.user_id)', input_name='order_lines') }}
