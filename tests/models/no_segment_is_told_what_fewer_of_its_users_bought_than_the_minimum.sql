{# The rest of a list is what is popular in the whole shop, which tells nothing of the segment. #}
with

buyers as (

    select
        segments.scheme,
        segments.segment_key,
        signals.product_id,
        count(distinct signals.user_id) as buyer_count
    from {{ upstream('int_seg__product_signals') }} as signals
    inner join {{ upstream('int_seg__published_user_segments') }} as segments
        on
            signals.user_id = segments.user_id
            and signals.activity_date < segments.as_of_date
    where signals.is_target = 1
    group by segments.scheme, segments.segment_key, signals.product_id

)

select
    recommendations.scheme,
    recommendations.segment_key,
    recommendations.product_id,
    buyers.buyer_count
from {{ ref('seg__segment_recommendations') }} as recommendations
left join buyers
    on
        recommendations.scheme = buyers.scheme
        and recommendations.segment_key = buyers.segment_key
        and recommendations.product_id = buyers.product_id
where
    recommendations.strategy <> 'popular'
    and coalesce(buyers.buyer_count, 0) < {{ var('seg__minimum_group_size') }}
