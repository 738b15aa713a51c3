{#
    One row per product in one basket: input `order_lines`.

    Money. `sales_value` is what the shop receives: after its own discounts (loyalty card, matching of a coupon), before
    the manufacturer's coupon, which the manufacturer pays back. So the shelf price is sales_value + retail_disc +
    coupon_match_disc, the shop's discount is retail_disc + coupon_match_disc, and net revenue is sales_value.
    `coupon_disc` is no discount of the shop's.

    Quantity. Petrol is counted in thousandths of a gallon; one filling is one unit here. Lines of quantity 0 (coupon
    slips, bonus points) stay in: the package rejects and counts them.
#}

with

transactions as (

    select
        transactions.*,
        transactions.sales_value + transactions.retail_disc + transactions.coupon_match_disc as shelf_value,
        case
            when products.product_type like 'GASOLINE%' then least(transactions.quantity, 1)
            else transactions.quantity
        end as unit_count,
        -- The till writes UTC, a redemption carries the shop's own day.
        cast(
            transactions.transaction_timestamp at time zone 'UTC' at time zone 'America/New_York' as date
        ) as shop_date
    from {{ source('raw', 'transactions') }} as transactions
    left join {{ source('raw', 'products') }} as products
        on transactions.product_id = products.product_id

),

-- A product of which the household redeemed a coupon that day; of several coupons the lowest.
campaign_coupons as (

    select
        transactions.basket_id,
        transactions.product_id,
        min(coupon_redemptions.coupon_upc) as coupon_upc
    from transactions
    inner join {{ source('raw', 'coupon_redemptions') }} as coupon_redemptions
        on
            transactions.household_id = coupon_redemptions.household_id
            and transactions.shop_date = cast(coupon_redemptions.redemption_date as date)
    inner join {{ source('raw', 'coupons') }} as coupons
        on
            coupon_redemptions.coupon_upc = coupons.coupon_upc
            and coupon_redemptions.campaign_id = coupons.campaign_id
            and transactions.product_id = coupons.product_id
    where transactions.coupon_disc > 0
    group by transactions.basket_id, transactions.product_id

)

select
    -- A product is one line of its basket, whatever its quantity.
    transactions.basket_id || '-' || transactions.product_id as order_line_id,
    transactions.basket_id as order_id,
    transactions.household_id as user_id,
    transactions.product_id,
    transactions.transaction_timestamp as ordered_at,
    case
        when transactions.coupon_disc > 0
            then coalesce(cast(campaign_coupons.coupon_upc as varchar), 'not from a campaign')
    end as coupon_id,
    'store ' || transactions.store_id as channel,
    transactions.unit_count as quantity,
    cast(transactions.shelf_value / nullif(transactions.unit_count, 0) as decimal(18, 4)) as unit_price,
    cast(transactions.retail_disc + transactions.coupon_match_disc as decimal(18, 4)) as discount_amount
from transactions
left join campaign_coupons
    on
        transactions.basket_id = campaign_coupons.basket_id
        and transactions.product_id = campaign_coupons.product_id
