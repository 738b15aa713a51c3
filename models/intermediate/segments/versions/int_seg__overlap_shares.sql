{#
    One row per fitted scheme, cluster of a new fit and segment of the last one: what share of the one's users is in the
    other, and who comes first.
#}

{% set by_cluster = 'partition by scheme, cluster_number' %}
{% set by_segment = 'partition by scheme, last_segment_key' %}

select
    scheme,
    cluster_number,
    last_segment_key,
    row_number() over ({{ by_cluster }} order by user_count desc, last_segment_key asc) as last_rank,
    row_number() over ({{ by_segment }} order by user_count desc, cluster_number asc) as cluster_rank,
    {{ ratio('user_count', 'sum(user_count) over (' ~ by_cluster ~ ')') }} as cluster_share,
    {{ ratio('user_count', 'sum(user_count) over (' ~ by_segment ~ ')') }} as last_share
from {{ ref('int_seg__cluster_overlaps') }}
