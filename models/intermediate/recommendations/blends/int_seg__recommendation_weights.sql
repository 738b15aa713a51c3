{# One row per whether repeats are allowed, history group and strength: the weights that the Python fit returned, typed. #}
select
    cast(repeats_allowed as boolean) as repeats_allowed,
    cast(history_group as string) as history_group,
    cast(strength_name as string) as strength_name,
    round(cast(weight as double), 6) as weight,
    cast(strength_ndcg as double) as strength_ndcg,
    cast(blend_ndcg as double) as blend_ndcg,
    cast(user_count as bigint) as user_count
from {{ ref('ml_seg__recommendation_blend_fits') }}
