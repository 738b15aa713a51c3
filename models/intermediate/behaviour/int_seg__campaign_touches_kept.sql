{# One row per accepted campaign touch, under the resolved user. #}
{{ config(materialized='by_user', meta={'input_name': 'campaign_touches'}) }}

with

kept as (

    {{ kept_rows(
        ref('int_seg__campaign_touches_judged'),
        'touch_id',
        ['touch_id', 'touched_at', 'user_id', 'touch_type', 'campaign_id', 'experiment_id', 'variant', 'product_id',
         'coupon_id', 'cost', 'strategy', 'position', 'propensity'],
        input_name='campaign_touches',
        version='loaded_at'
    ) }}

)

select
    kept.touch_id,
    coalesce(user_aliases.user_id, kept.user_id) as user_id,
    kept.user_id as source_user_id,
    kept.touched_at,
    lower(trim(kept.touch_type)) as touch_type,
    kept.campaign_id,
    kept.experiment_id,
    kept.variant,
    nullif(trim(kept.product_id), '') as product_id,
    kept.coupon_id,
    cast(kept.cost as decimal(18, 4)) as cost,
    kept.strategy,
    cast(kept.position as bigint) as position,
    kept.propensity,
    kept.copy_count
from kept
left join {{ ref('int_seg__user_aliases') }} as user_aliases
    on kept.user_id = user_aliases.source_user_id
where {{ only_users_to_refresh('coalesce(user_aliases.user_id, kept.user_id)', input_name='campaign_touches') }}
