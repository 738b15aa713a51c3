{# No list holds an unknown product, one out of stock, a service or (repeats off) a product bought before, or has a gap in its ranks. #}
{% set refreshed = refreshed_relation('int_seg__recommendations_ranked') if execute %}
select
    recommendations.user_id,
    recommendations.product_id,
    'not eligible' as problem
from {{ ref('seg__user_recommendations') }} as recommendations
left join {{ upstream('seg__products') }} as products
    on recommendations.product_id = products.product_id
left join {{ upstream('int_seg__recommendable_products') }} as recommendable
    on
        recommendations.product_id = recommendable.product_id
        and recommendable.split = 'scoring'
where
    {{ only_users_to_refresh('recommendations.user_id', 'int_seg__users_to_measure') }}
    and (
        {# As the last whole build knew it: stock may have been sold, and a product become a service since. #}
        coalesce(not recommendable.is_eligible, true)
        or coalesce(products.is_service, true) and {{ 'products.product_id is null' if refreshed else 'true' }}
        or (recommendations.is_repeat and not {{ var('seg__recommend_repeats') }})
    )

union all

select
    user_id,
    cast(null as string) as product_id,
    'gap in the ranks' as problem
from {{ ref('seg__user_recommendations') }}
where {{ only_users_to_refresh('user_id', 'int_seg__users_to_measure') }}
group by user_id
having
    max(recommendation_rank) <> count(*)
    or min(recommendation_rank) <> 1
    or count(*) > {{ var('seg__recommendation_count') }}
