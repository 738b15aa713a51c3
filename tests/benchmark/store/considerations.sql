-- One row per product that a visit looks at. The first `wanted_count` of a visit with intent may be bought; whether
-- they are depends on this week's price alone. What was bought leads to more: its companion in the same visit, and
-- at the next visit with intent the product itself again or its follower.

create or replace macro considered(products_seen) as table
    select
        products_seen.user_no,
        products_seen.session_no,
        products_seen.slot,
        products_seen.product_no,
        products_seen.may_buy,
        products_of_store.category_no,
        products_of_store.list_price,
        products_of_store.together_product_no,
        products_of_store.next_product_no,
        products_of_store.repeat_share,
        products_of_store.quality,
        products_of_store.elasticity,
        category_weeks.price_level,
        promotion_of(products_seen.product_no, products_seen.week_no) as promotion_share,
        bits('consider', concat_ws('.', products_seen.user_no, products_seen.session_no, products_seen.slot))
            as consider_bits
    from query_table(products_seen) as products_seen
    inner join products_of_store
        on products_seen.product_no = products_of_store.product_no
    inner join category_weeks
        on products_of_store.category_no = category_weeks.category_no
        and products_seen.week_no = category_weeks.week_no;

create or replace temp table browsed_products as
with

slots as (

    select
        user_no,
        session_no,
        unnest(range(1, browsed_count + 1)) as slot
    from sessions

),

drawn as (

    select
        sessions.*,
        slots.slot,
        bits('product', concat_ws('.', slots.user_no, slots.session_no, slots.slot)) as product_bits
    from slots
    inner join sessions
        on slots.user_no = sessions.user_no
        and slots.session_no = sessions.session_no

),

in_category as (

    select
        *,
        case
            when uniform(product_bits, 0) < favourite_share then favourite_category_no
            when uniform(product_bits, 0) < favourite_share + 0.4 * (1 - favourite_share) then second_category_no
            else pick(category_numbers,
                (uniform(product_bits, 0) - favourite_share - 0.4 * (1 - favourite_share))
                / (0.6 * (1 - favourite_share)))
        end as category_no
    from drawn

),

in_brand as (

    select
        in_category.*,
        categories.product_count,
        categories.brand_count,
        cast(floor(in_category.brand_position * categories.brand_count) as bigint) as brand_no
    from in_category
    inner join categories
        on in_category.category_no = categories.category_no

)

select
    user_no,
    session_no,
    slot,
    week_no,
    has_intent and slot <= wanted_count as may_buy,
    category_no + 12 * case
        -- Half of the time the favourite brand, else what people of the same taste like best.
        when uniform(product_bits, 1) < 0.5
            then brand_no + brand_count * zipf_rank(
                (product_count - brand_no + brand_count - 1) // brand_count, uniform(product_bits, 2))
        else (zipf_rank(product_count, uniform(product_bits, 2)) + taste_no * product_count // 4) % product_count
    end as product_no
from in_brand;

create or replace temp table browsed as
select
    *,
    may_buy and uniform(consider_bits, 0)
        < chance_to_buy(price_level * (1 - promotion_share), elasticity) as is_bought
from considered('browsed_products');

-- The first product that each visit bought, and the one bought at the latest visit before.
create or replace temp table anchors as
with

first_bought as (

    select
        user_no,
        session_no,
        min(slot) as slot
    from browsed
    where is_bought
    group by user_no, session_no

),

anchored as (

    select
        browsed.user_no,
        browsed.session_no,
        browsed.product_no,
        browsed.together_product_no,
        browsed.next_product_no,
        browsed.repeat_share
    from first_bought
    inner join browsed
        on first_bought.user_no = browsed.user_no
        and first_bought.session_no = browsed.session_no
        and first_bought.slot = browsed.slot

)

select
    sessions.user_no,
    sessions.session_no,
    sessions.week_no,
    sessions.browsed_count,
    sessions.has_intent,
    anchored.together_product_no,
    lag(anchored.product_no ignore nulls) over visits as last_product_no,
    lag(anchored.next_product_no ignore nulls) over visits as next_product_no,
    lag(anchored.repeat_share ignore nulls) over visits as repeat_share,
    bits('follow', concat_ws('.', sessions.user_no, sessions.session_no)) as follow_bits
from sessions
left join anchored
    on sessions.user_no = anchored.user_no
    and sessions.session_no = anchored.session_no
window visits as (partition by sessions.user_no order by sessions.session_no);

create or replace temp table led_products as
select
    user_no, session_no, browsed_count + 1 as slot, week_no, true as may_buy, together_product_no as product_no
from anchors
where together_product_no is not null and uniform(follow_bits, 0) < 0.8

union all

select
    user_no, session_no, browsed_count + 2 as slot, week_no, true as may_buy, last_product_no as product_no
from anchors
where has_intent and last_product_no is not null and uniform(follow_bits, 1) < repeat_share

union all

select
    user_no, session_no, browsed_count + 3 as slot, week_no, true as may_buy, next_product_no as product_no
from anchors
where has_intent and next_product_no is not null and uniform(follow_bits, 2) < 0.5;

create or replace temp table considerations as
with

led as (

    select
        *,
        uniform(consider_bits, 0)
            < chance_to_buy(price_level * (1 - promotion_share), elasticity) as is_bought
    from considered('led_products')

),

everything as (

    select * from browsed
    union all
    select * from led

)

select
    everything.* exclude (together_product_no, next_product_no, repeat_share, elasticity),
    sessions.user_id,
    sessions.visit_second
        + (everything.slot - 1) * sessions.pace_seconds
        + cast(floor(sessions.pace_seconds * 0.3 * uniform(everything.consider_bits, 1)) as bigint) as view_second,
    cast(floor(sessions.pace_seconds * (0.3 + 0.35 * uniform(everything.consider_bits, 2))) as bigint) + 1
        as duration_seconds,
    round(everything.list_price * everything.price_level, 2) as unit_price,
    round(everything.list_price * everything.price_level * (1 - everything.promotion_share), 2) as shown_price,
    case when uniform(bits('quantity', concat_ws('.', everything.user_no, everything.session_no, everything.slot)), 0)
        < 0.06 + 0.4 * categories.repeat_share then 2 else 1 end as quantity
from everything
inner join sessions
    on everything.user_no = sessions.user_no
    and everything.session_no = sessions.session_no
inner join categories
    on everything.category_no = categories.category_no;

-- One row per visit that ends in an order.
create or replace temp table orders as
with

bought as (

    select
        user_no,
        session_no
    from considerations
    where is_bought
    group by user_no, session_no

),

offered as (

    select
        sessions.*,
        sessions.visit_second + (sessions.browsed_count + 3) * sessions.pace_seconds
            + 20 + cast(floor(60 * uniform(sessions.order_bits, 0)) as bigint) as ordered_second,
        enrolments.coupon_id as campaign_coupon_id
    from bought
    inner join sessions
        on bought.user_no = sessions.user_no
        and bought.session_no = sessions.session_no
    left join enrolments
        on sessions.user_no = enrolments.user_no
        and enrolments.coupon_id is not null
        and enrolments.variant = 'treatment'
        and sessions.visit_second >= enrolments.touch_second
        and sessions.visit_second < enrolments.end_second

)

select
    user_no,
    session_no,
    user_id,
    concat('o', user_no, '.', session_no) as order_id,
    ordered_second,
    return_share,
    order_bits,
    channel,
    case when uniform(order_bits, 1) < 0.03 then 'cancelled' else 'completed' end as order_status,
    case
        when campaign_coupon_id is not null and uniform(order_bits, 2) < 0.7 then campaign_coupon_id
        when uniform(order_bits, 2) < price_sensitivity * 0.7 then 'SAVE10'
        when uniform(order_bits, 2) > 0.98 then 'WELCOME15'
    end as coupon_id
from offered;

-- One row per order and product: a product looked at twice is bought once.
create or replace temp table bought_products as
select
    considerations.*,
    orders.order_id,
    orders.ordered_second,
    orders.return_share,
    orders.order_status,
    orders.coupon_id,
    orders.channel
from (
    select
        *,
        row_number() over (partition by user_no, session_no, product_no order by slot) as copy_number
    from considerations
    where is_bought
) as considerations
inner join orders
    on considerations.user_no = orders.user_no
    and considerations.session_no = orders.session_no
where considerations.copy_number = 1;
