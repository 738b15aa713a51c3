{# One row per earlier date, served user and candidate: whether the user bought it in the period after the date. #}
select
    candidates.*,
    targets.product_id is not null as is_hit
from {{ ref('int_seg__recommendation_candidates') }} as candidates
inner join {{ ref('int_seg__recommendation_users') }} as users
    on
        candidates.as_of_date = users.as_of_date
        and candidates.user_number = users.user_number
inner join {{ ref('int_seg__recommendable_products') }} as products
    on
        candidates.as_of_date = products.as_of_date
        and candidates.product_number = products.product_number
left join {{ ref('int_seg__recommendation_targets') }} as targets
    on
        candidates.as_of_date = targets.as_of_date
        and users.user_id = targets.user_id
        and products.product_id = targets.product_id
where candidates.split in ('test', 'validation')
