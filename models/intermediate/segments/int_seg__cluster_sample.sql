{#
    One row per sampled user, where a fit is due: what k-means is fitted on, at most `seg__max_training_rows`. The sample depends only on
    the ids and the seed. Users that were never seen take no part: they have no behaviour to group.
#}

select
    user_id,
    as_of_date,
    net_revenue,
    {% for feature in cluster_features() %}
    scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__cluster_features') }}
where has_been_seen and (select bool_or(is_refit) from {{ ref('int_seg__refit_decisions') }})
order by
    {{ md5_bucket("user_id || '-" ~ var('seg__random_seed') ~ "'", 2147483648) }},
    user_id
limit {{ var('seg__max_training_rows') }}
