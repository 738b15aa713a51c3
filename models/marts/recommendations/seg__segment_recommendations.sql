{#
    One row per scheme, published segment and rank: a product for a page or a mail to the segment, and why. Products
    that its users buy more than others come first, popular ones fill up.
#}

{% set list_length = var('seg__recommendation_count') %}
{# Below it "more often" is a word for chance. #}
{% set least_lift = 1.2 %}

with

products as (

    select
        product_id,
        product_number,
        product_name,
        category,
        popularity_rank,
        fill_rank
    from {{ ref('int_seg__recommendable_products') }}
    where split = 'scoring' and is_eligible

),

segments as (

    select distinct
        as_of_date,
        scheme,
        segment_key,
        segment_name
    from {{ ref('int_seg__published_user_segments') }}

),

found as (

    select
        scheme,
        segment_key,
        product_number,
        lift,
        lift_score
    from {{ ref('int_seg__segment_lifts') }}
    where lift >= {{ least_lift }}

    union all

    select
        segments.scheme,
        segments.segment_key,
        products.product_number,
        null as lift,
        null as lift_score
    from segments
    cross join products
    where products.fill_rank <= {{ list_length }}

),

candidates as (

    select
        scheme,
        segment_key,
        product_number,
        max(lift) as lift,
        max(lift_score) as lift_score
    from found
    group by scheme, segment_key, product_number

),

scored as (

    select
        segments.as_of_date,
        segments.scheme,
        segments.segment_key,
        segments.segment_name,
        products.product_id,
        products.product_name,
        products.category,
        candidates.lift,
        {{ ratio(
            'candidates.lift_score',
            'max(candidates.lift_score) over (partition by segments.scheme, segments.segment_key)'
        ) }} as score,
        row_number() over (
            partition by segments.scheme, segments.segment_key
            order by candidates.lift_score desc nulls last, products.popularity_rank asc
        ) as raw_rank
    from candidates
    inner join segments
        on
            candidates.scheme = segments.scheme
            and candidates.segment_key = segments.segment_key
    inner join products
        on candidates.product_number = products.product_number

),

ranked as (

    {{ diversified('scored', ['scheme', 'segment_key'], var('seg__max_recommendations_per_category')) }}

)

select
    as_of_date,
    scheme,
    segment_key,
    product_id,
    cast(segment_name as string) as segment_name,
    cast(product_name as string) as product_name,
    cast(case when lift is null then 'popular' else 'segment' end as string) as strategy,
    cast(case
        when lift is null then 'Popular right now'
        else
            cast(cast(lift as decimal(18, 1)) as string) || ' times as popular in the segment ' || segment_name
            || ' as in the whole shop'
    end as string) as reason,
    cast(recommendation_rank as bigint) as recommendation_rank,
    -- Rounded: a long fraction could be counted back to what single users bought.
    cast(round(score, 2) as double) as score,
    cast(round(lift, 1) as double) as lift
from ranked
where recommendation_rank <= {{ list_length }}
