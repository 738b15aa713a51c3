{#
    One row per date, segment of `int_seg__user_recommendation_segments` and one of the products that its users bought
    most before the date, the latest days counting most. A product's weight is that of the segment's purchases and of
    `seg__segment_damping_purchases` more, dealt out as the whole shop buys: a segment of few purchases is like the shop.
#}

{% set list_length = [var('seg__recommendation_count'), 20] | max %}

with

user_segments as (

    select
        as_of_date,
        user_id,
        segment_key
    from {{ ref('int_seg__user_recommendation_segments') }}

),

segments as (

    select distinct
        as_of_date,
        segment_key
    from user_segments

),

products as (

    select
        as_of_date,
        product_id,
        product_number,
        popularity_rank,
        coalesce({{ ratio(
            'popularity', 'sum(cast(popularity as decimal(28, 8))) over (partition by as_of_date)'
        ) }}, 0) as shop_share
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible

),

bought as (

    {{ recent_purchases('user_segments', 'user_id', [
        'user_segments.as_of_date', 'user_segments.segment_key', 'signals.product_id',
    ]) }}

),

-- What the segment never bought is in the shop's order: more of it than a list holds cannot be in the list.
found as (

    select
        bought.as_of_date,
        bought.segment_key,
        products.product_number,
        bought.purchase_weight
    from bought
    inner join products
        on
            bought.as_of_date = products.as_of_date
            and bought.product_id = products.product_id

    union all

    select
        segments.as_of_date,
        segments.segment_key,
        products.product_number,
        0 as purchase_weight
    from segments
    inner join products
        on segments.as_of_date = products.as_of_date
    where products.popularity_rank <= {{ list_length }}

),

summed as (

    select
        as_of_date,
        segment_key,
        product_number,
        max(purchase_weight) as purchase_weight
    from found
    group by as_of_date, segment_key, product_number

),

weighed as (

    select
        summed.as_of_date,
        summed.segment_key,
        summed.product_number,
        products.popularity_rank as shop_rank,
        round(summed.purchase_weight + {{ var('seg__segment_damping_purchases') }} * products.shop_share, 6)
            as damped_weight
    from summed
    inner join products
        on
            summed.as_of_date = products.as_of_date
            and summed.product_number = products.product_number

),

ranked as (

    select
        as_of_date,
        segment_key,
        product_number,
        coalesce({{ ratio(
            'damped_weight', 'max(damped_weight) over (partition by as_of_date, segment_key)'
        ) }}, 0) as popularity,
        row_number() over (
            partition by as_of_date, segment_key
            order by damped_weight desc, shop_rank asc
        ) as popularity_rank
    from weighed

)

select * from ranked
where popularity_rank <= {{ list_length }}
