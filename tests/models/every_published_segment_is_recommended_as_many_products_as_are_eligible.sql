{# A list has `seg__recommendation_count` products without a gap, all of them eligible; fewer only where fewer are. #}
with

eligible as (

    select product_id
    from {{ upstream('int_seg__recommendable_products') }}
    where split = 'scoring' and is_eligible

),

catalogue as (

    select count(*) as product_count from eligible

),

segments as (

    select distinct
        scheme,
        segment_key
    from {{ upstream('int_seg__published_user_segments') }}

),

listed as (

    select
        recommendations.scheme,
        recommendations.segment_key,
        count(eligible.product_id) as product_count,
        max(recommendations.recommendation_rank) as last_rank
    from {{ ref('seg__segment_recommendations') }} as recommendations
    left join eligible
        on recommendations.product_id = eligible.product_id
    group by recommendations.scheme, recommendations.segment_key

)

select
    coalesce(segments.scheme, listed.scheme) as scheme,
    coalesce(segments.segment_key, listed.segment_key) as segment_key,
    listed.product_count,
    listed.last_rank
from segments
cross join catalogue
full outer join listed
    on
        segments.scheme = listed.scheme
        and segments.segment_key = listed.segment_key
where
    segments.scheme is null
    or coalesce(listed.product_count, 0) <> least({{ var('seg__recommendation_count') }}, catalogue.product_count)
    or coalesce(listed.last_rank, 0) <> coalesce(listed.product_count, 0)
