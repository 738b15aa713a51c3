{# One row per number of clusters and metric of the fit that serves: how well k-means describes the users with so many clusters. #}

select
    cast(as_of_date as date) as as_of_date,
    cast(item_name as string) as metric_name,
    cast(cluster_count as int) as cluster_count,
    cast(item_value as double) as metric_value,
    cast(is_chosen as boolean) as is_chosen
from {{ ref('int_seg__cluster_fits') }}
where record_type = 'metric' and as_of_date in (select fitted_as_of_date from {{ ref('int_seg__cluster_scaling') }})
