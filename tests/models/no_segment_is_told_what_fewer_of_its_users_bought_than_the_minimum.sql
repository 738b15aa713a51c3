{# The rest of a list is what is popular in the whole shop, which tells nothing of the segment. #}
with

told as (

    select
        scheme,
        segment_key,
        product_id
    from {{ ref('seg__segment_recommendations') }}
    where strategy <> 'popular'

),

-- Of what is told alone: all products of all segments are millions of pairs.
buyers as (

    select
        told.scheme,
        told.segment_key,
        told.product_id,
        count(distinct signals.user_id) as buyer_count
    from told
    inner join {{ upstream('int_seg__product_signals') }} as signals
        on told.product_id = signals.product_id
    inner join {{ upstream('int_seg__published_user_segments') }} as segments
        on
            signals.user_id = segments.user_id
            and told.scheme = segments.scheme
            and told.segment_key = segments.segment_key
            and signals.activity_date < segments.as_of_date
    where signals.is_target = 1
    group by told.scheme, told.segment_key, told.product_id

)

select
    told.*,
    buyers.buyer_count
from told
left join buyers
    on
        told.scheme = buyers.scheme
        and told.segment_key = buyers.segment_key
        and told.product_id = buyers.product_id
where coalesce(buyers.buyer_count, 0) < {{ var('seg__minimum_group_size') }}
