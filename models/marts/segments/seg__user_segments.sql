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
        assignments.scheme,
        versions.segment_key,
        versions.segment_name,
        assignments.confidence
    from {{ ref('int_seg__segment_assignments') }} as assignments
    inner join {{ ref('seg__segment_versions') }} as versions
        on
            assignments.fitted_as_of_date = versions.as_of_date
            and assignments.scheme = versions.scheme
            and assignments.cluster_number = versions.cluster_number

)

select
    user_id,
    as_of_date,
    cast(scheme as string) as scheme,
    cast(segment_key as string) as segment_key,
    cast(segment_name as string) as segment_name,
    cast(confidence as double) as confidence
from memberships
