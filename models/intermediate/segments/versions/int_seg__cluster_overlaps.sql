{#
    One row per fitted scheme, cluster of a new fit and segment of the last one: the users whom each would take. No row
    without a new fit and one before.
#}

select
    assignments.as_of_date,
    assignments.scheme,
    assignments.cluster_number,
    last_assignments.segment_key as last_segment_key,
    count(*) as user_count
from {{ ref('int_seg__last_fit_assignments') }} as last_assignments
inner join {{ ref('int_seg__segment_assignments') }} as assignments
    on
        last_assignments.user_id = assignments.user_id
        and last_assignments.scheme = assignments.scheme
group by assignments.as_of_date, assignments.scheme, assignments.cluster_number, last_assignments.segment_key
