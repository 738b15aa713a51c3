{#
    One row per user and scheme: the segment under which the user counts in tables that speak of groups. Whatever counts
    or sums users by segment reads from here, so that the same groups are published everywhere.
#}

select
    user_id,
    as_of_date,
    scheme,
    segment_key,
    segment_name
from {{ ref('seg__user_segments') }}
