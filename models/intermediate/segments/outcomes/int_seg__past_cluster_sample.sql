{#
    One row per sampled user, as of the earlier date: what k-means is fitted on to group the users of then by how they
    shopped. As many clusters as serve today.
#}

select
    features.user_id,
    features.as_of_date,
    features.net_revenue,
    serving.cluster_count,
    {% for feature in cluster_features() %}
    features.scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__past_cluster_features') }} as features
cross join (
    select count(*) as cluster_count
    from {{ ref('int_seg__cluster_centroids') }}
) as serving
where
    features.has_been_seen
    and serving.cluster_count > 0
    and {{ 'true' if 'behaviour' in var('seg__cluster_modalities') else 'false' }}
order by
    {{ md5_bucket("features.user_id || '-" ~ var('seg__random_seed') ~ "'", 2147483648) }},
    features.user_id
limit {{ var('seg__max_training_rows') }}
