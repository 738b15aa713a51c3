{# One row per cluster of the earlier date: its centroid in the standardized units of then. #}

select
    cast(as_of_date as date) as as_of_date,
    cast(cluster_number as int) as cluster_number,
    {% for feature in cluster_features() %}
    coalesce(max(case when feature_name = '{{ feature.name }}' then centroid end), 0)
        as scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('ml_seg__past_cluster_fits') }}
group by cast(as_of_date as date), cast(cluster_number as int)
