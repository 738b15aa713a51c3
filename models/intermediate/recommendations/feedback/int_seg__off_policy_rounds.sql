{#
    One row per impression whose propensity was logged: what a policy that shows something else can be judged by. Rewards
    of one half of the users (`fold`) are predicted from the other half.
#}
select
    impression_id,
    user_id,
    product_id,
    strategy,
    place,
    {{ md5_bucket('user_id', 2) }} as fold,
    propensity,
    {{ feedback_reward() }} as reward
from {{ ref('int_seg__recommendation_feedback_impressions') }}
where propensity is not null
