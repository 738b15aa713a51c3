{# One row per accepted review, under the resolved user. #}
{{ config(materialized='by_user', meta={'input_name': 'reviews'}) }}

with

kept as (

    {{ kept_rows(
        ref('int_seg__reviews_judged'),
        'review_id',
        ['review_id', 'reviewed_at', 'user_id', 'product_id', 'rating', 'review_text'],
        input_name='reviews',
        version='loaded_at'
    ) }}

)

select
    kept.review_id,
    coalesce(user_aliases.user_id, kept.user_id) as user_id,
    kept.user_id as source_user_id,
    nullif(trim(kept.product_id), '') as product_id,
    kept.reviewed_at,
    kept.review_text,
    kept.rating,
    kept.copy_count
from kept
left join {{ ref('int_seg__user_aliases') }} as user_aliases
    on kept.user_id = user_aliases.source_user_id
where {{ only_users_to_refresh('coalesce(user_aliases.user_id, kept.user_id)', input_name='reviews') }}
