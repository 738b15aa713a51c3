{# One row per household that told about itself: input `users`. The package knows the others from their baskets. #}
select
    household_id as user_id,
    json_object(
        'age', age,
        'income', income,
        'home_ownership', home_ownership,
        'marital_status', marital_status,
        'household_size', household_size,
        'household_comp', household_comp,
        'kids_count', kids_count
    ) as attributes
from {{ source('raw', 'demographics') }}
