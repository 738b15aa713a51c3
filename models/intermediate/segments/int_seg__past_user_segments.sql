{#
    One row per user and scheme: the segment as of the earlier date, from what was known then. A scheme that is not here
    has no outcomes. Clusters of then are numbered by what their users had brought; they are not today's.
#}

select
    user_id,
    as_of_date,
    cast('rfm' as string) as scheme,
    cast(segment_key as string) as segment_key,
    cast(segment_name as string) as segment_name
from ({{ rfm_scored(users_as_of('outcomes')) }}) as rfm

union all

select
    lifecycles.user_id,
    lifecycles.as_of_date,
    cast('lifecycle' as string) as scheme,
    cast(lifecycles.segment_key as string) as segment_key,
    cast(names.segment_name as string) as segment_name
from ({{ lifecycle_stages(users_as_of('outcomes')) }}) as lifecycles
left join ({{ lifecycle_names() }}) as names
    on lifecycles.segment_key = names.segment_key

union all

select
    assignments.user_id,
    assignments.as_of_date,
    cast('kmeans' as string) as scheme,
    cast('then_' || cast(assignments.cluster_number as string) as string) as segment_key,
    names.segment_name
from ({{ cluster_assignments(
    ref('int_seg__past_cluster_features'), ref('int_seg__past_cluster_centroids')
) }}) as assignments
inner join {{ ref('int_seg__past_cluster_names') }} as names
    on assignments.cluster_number = names.cluster_number
