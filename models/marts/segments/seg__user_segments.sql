{# One row per user and scheme: the segment that the user belongs to as of the scoring date. #}

with

lifecycle_names as (

    select
        segment_key,
        segment_name
    from ({{ reference_rows(
        'segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_name']
    ) }}) as segments
    where scheme = 'lifecycle'

),

memberships as (

    select
        user_id,
        as_of_date,
        'rfm' as scheme,
        segment_key,
        segment_name,
        1.0 as confidence
    from {{ ref('seg__user_rfm') }}

    union all

    select
        lifecycles.user_id,
        lifecycles.as_of_date,
        'lifecycle' as scheme,
        lifecycles.segment_key,
        lifecycle_names.segment_name,
        1.0 as confidence
    from {{ ref('int_seg__user_lifecycles') }} as lifecycles
    left join lifecycle_names
        on lifecycles.segment_key = lifecycle_names.segment_key

    union all

    select
        assignments.user_id,
        assignments.as_of_date,
        'kmeans' as scheme,
        'kmeans_' || cast(assignments.cluster_number as string) as segment_key,
        cluster_names.segment_name,
        assignments.confidence
    from {{ ref('int_seg__cluster_assignments') }} as assignments
    left join {{ ref('int_seg__cluster_names') }} as cluster_names
        on assignments.cluster_number = cluster_names.cluster_number

)

select
    user_id,
    as_of_date,
    cast(scheme as string) as scheme,
    cast(segment_key as string) as segment_key,
    cast(segment_name as string) as segment_name,
    cast(confidence as double) as confidence
from memberships
