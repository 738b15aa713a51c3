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

{% for scheme, memberships in {
    'lifecycle': lifecycle_stages(users_as_of('outcomes')),
    'value_tier': value_tier_memberships(users_as_of('outcomes')),
    'behaviour': behaviour_memberships(users_as_of('outcomes')),
}.items() %}
select
    memberships.user_id,
    memberships.as_of_date,
    cast('{{ scheme }}' as string) as scheme,
    cast(memberships.segment_key as string) as segment_key,
    cast(coalesce(names.segment_name, memberships.segment_key) as string) as segment_name
from ({{ memberships }}) as memberships
left join ({{ reference_rows(
    'segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_name']
) }}) as names
    on
        names.scheme = '{{ scheme }}'
        and memberships.segment_key = names.segment_key

union all

{% endfor %}
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
