-- A warning: k-means always finds clusters. Where they are not a tenth tighter than those of users whose features are
-- shuffled, each on its own, there are no groups to be found, and the segments are only a way to cut a cloud. Without
-- groups the two differ by up to a twentieth.
{{ config(severity='warn') }}

select
    as_of_date,
    cluster_count,
    max(case when metric_name = 'silhouette' then metric_value end) as silhouette,
    max(case when metric_name = 'silhouette_shuffled' then metric_value end) as silhouette_shuffled
from {{ ref('seg__cluster_metrics') }}
where is_chosen
group by as_of_date, cluster_count
having
    max(case when metric_name = 'silhouette' then metric_value end)
    <= 1.1 * max(case when metric_name = 'silhouette_shuffled' then metric_value end)
