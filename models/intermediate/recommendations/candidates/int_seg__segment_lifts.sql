{#
    One row per scheme, published segment and product that at least `seg__minimum_group_size` of its users bought and
    that may be recommended: how much more of the segment's purchases it makes up than of the shop's, the latest days
    counting most.
    Shares of the segment are damped as in `int_seg__segment_popularity`. The score is the product's part of the
    Kullback-Leibler divergence of the segment from the shop (Kullback & Leibler 1951), share x ln(lift): it is high for
    what is both bought much and bought more than elsewhere.
#}

{% set damping = var('seg__segment_damping_purchases') %}

with

published as (

    select
        user_id,
        as_of_date,
        scheme,
        segment_key,
        segment_name
    from {{ ref('int_seg__published_user_segments') }}

),

products as (

    select
        product_id,
        product_number,
        as_of_date,
        {{ ratio('popularity', 'sum(cast(popularity as decimal(28, 8))) over ()') }} as shop_share
    from {{ ref('int_seg__recommendable_products') }}
    where split = 'scoring' and is_eligible

),

-- Once per user and product, before the users are in a segment of every scheme.
bought as (

    {{ recent_purchases('products', 'product_id', ['signals.user_id', 'products.product_number']) }}

),

summed as (

    select
        published.as_of_date,
        published.scheme,
        published.segment_key,
        published.segment_name,
        bought.product_number,
        count(*) as buyer_count,
        {{ exact_sum('bought.purchase_weight') }} as purchase_weight
    from published
    inner join bought
        on published.user_id = bought.user_id
    group by
        published.as_of_date,
        published.scheme,
        published.segment_key,
        published.segment_name,
        bought.product_number

),

shares as (

    select
        summed.*,
        products.shop_share,
        {{ ratio(
            'summed.purchase_weight + ' ~ damping ~ ' * products.shop_share',
            'sum(cast(summed.purchase_weight as decimal(28, 8))) over (partition by summed.scheme, summed.segment_key) + '
            ~ damping
        ) }} as segment_share
    from summed
    inner join products
        on summed.product_number = products.product_number

),

lifted as (

    select
        *,
        {{ ratio('segment_share', 'shop_share') }} as lift
    from shares

)

select
    as_of_date,
    scheme,
    segment_key,
    segment_name,
    product_number,
    buyer_count,
    round(lift, 6) as lift,
    round(segment_share * ln(lift), 9) as lift_score
from lifted
where buyer_count >= {{ var('seg__minimum_group_size') }} and lift > 0
