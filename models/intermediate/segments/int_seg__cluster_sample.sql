{#
    One row per sampled user, where a fit is due: what k-means is fitted on, at most `seg__max_training_rows`. The sample depends only on
    the ids and the seed. Users that were never seen take no part: they have no behaviour to group.
#}

select
    features.user_id,
    features.as_of_date,
    features.net_revenue,
    last_assignments.cluster_number as last_cluster_number,
    {% for feature in cluster_features() %}
    features.scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__cluster_features') }} as features
left join {{ ref('int_seg__last_fit_assignments') }} as last_assignments
    on features.user_id = last_assignments.user_id
where features.has_been_seen and (select bool_or(is_refit) from {{ ref('int_seg__refit_decisions') }})
order by
    {{ md5_bucket("features.user_id || '-" ~ var('seg__random_seed') ~ "'", 2147483648) }},
    features.user_id
limit {{ var('seg__max_training_rows') }}
