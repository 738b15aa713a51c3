{#
    One row per node of the tree that serves: its users, how many of them count under another segment where groups are
    published, and whether the node may be shown. Users who wait to be published, or still count under their last segment
    of either scheme, count in no node: published segments less nodes would be the few who have moved.
#}

{% set minimum = var('seg__minimum_group_size') %}

with

segments as (

    select * from {{ ref('int_seg__hierarchy_segments') }}

),

published as (

    select
        user_id,
        max(case when scheme = 'hierarchical' then segment_key end) as fine_key,
        max(case when scheme = 'hierarchical_coarse' then segment_key end) as coarse_key
    from {{ ref('int_seg__published_user_segments') }}
    where scheme in ('hierarchical', 'hierarchical_coarse')
    group by user_id

),

published_sizes as (

    select
        scheme,
        segment_key,
        count(*) as user_count
    from {{ ref('int_seg__published_user_segments') }}
    where scheme in ('hierarchical', 'hierarchical_coarse')
    group by scheme, segment_key

),

leaves as (

    select
        assignments.leaf,
        count(*) as user_count,
        sum(case when fine.is_published then 0 else 1 end) as hidden_count,
        sum(case when coarse.is_published then 0 else 1 end) as coarse_hidden_count
    from {{ ref('int_seg__hierarchy_assignments') }} as assignments
    left join segments as fine
        on
            assignments.fine_number = fine.cluster_number
            and fine.scheme = 'hierarchical'
    left join segments as coarse
        on
            assignments.coarse_number = coarse.cluster_number
            and coarse.scheme = 'hierarchical_coarse'
    inner join published
        on
            assignments.user_id = published.user_id
            and published.fine_key = case when fine.is_published then fine.segment_key else 'other' end
            and published.coarse_key = case when coarse.is_published then coarse.segment_key else 'other' end
    group by assignments.leaf

),

sizes as (

    select
        nodes.node,
        nodes.parent,
        nodes.first_leaf,
        nodes.last_leaf,
        nodes.fine_number,
        nodes.coarse_number,
        nodes.is_fine_group,
        nodes.is_coarse_group,
        coalesce(sum(leaves.user_count), 0) as user_count,
        coalesce(sum(leaves.hidden_count), 0) as hidden_count,
        coalesce(sum(leaves.coarse_hidden_count), 0) as coarse_hidden_count
    from {{ ref('int_seg__hierarchy_nodes') }} as nodes
    left join leaves
        on leaves.leaf between nodes.first_leaf and nodes.last_leaf
    group by
        nodes.node,
        nodes.parent,
        nodes.first_leaf,
        nodes.last_leaf,
        nodes.fine_number,
        nodes.coarse_number,
        nodes.is_fine_group,
        nodes.is_coarse_group

),

{# Users of the segment that the node is who are not counted in the node; null where it is none that is published. #}
absences as (

    select
        sizes.node,
        max(case when segments.scheme = 'hierarchical' then published_sizes.user_count - sizes.user_count end) as absent_count,
        max(case when segments.scheme = 'hierarchical_coarse' then published_sizes.user_count - sizes.user_count end)
            as coarse_absent_count
    from sizes
    inner join segments
        on
            segments.scheme = 'hierarchical' and sizes.is_fine_group and sizes.fine_number = segments.cluster_number
            or segments.scheme = 'hierarchical_coarse' and sizes.is_coarse_group and sizes.coarse_number = segments.cluster_number
    inner join published_sizes
        on
            segments.scheme = published_sizes.scheme
            and segments.segment_key = published_sizes.segment_key
    group by sizes.node

),

judged as (

    select
        sizes.*,
        {# Hidden users are what a node has more than its published segments: too few of them must not be told. #}
        case
            when sizes.user_count < {{ minimum }} then 1
            when
                sizes.hidden_count > 0
                and (sizes.hidden_count < {{ minimum }} or sizes.hidden_count = sizes.user_count) then 1
            when
                sizes.coarse_hidden_count > 0
                and (sizes.coarse_hidden_count < {{ minimum }} or sizes.coarse_hidden_count = sizes.user_count) then 1
            when absences.absent_count between 1 and {{ minimum - 1 }} then 1
            when absences.coarse_absent_count between 1 and {{ minimum - 1 }} then 1
            else 0
        end as is_revealing
    from sizes
    left join absences
        on sizes.node = absences.node

),

pairs as (

    select
        *,
        {# Both children or none: the one would be the parent less the other. #}
        max(is_revealing) over (partition by parent) as is_pair_revealing
    from judged

)

select
    pairs.node,
    pairs.parent,
    pairs.first_leaf,
    pairs.last_leaf,
    pairs.user_count,
    {# A node is shown where all the nodes above it are. #}
    max(above.is_pair_revealing) = 0 as is_shown
from pairs
inner join pairs as above
    on
        pairs.first_leaf >= above.first_leaf
        and pairs.last_leaf <= above.last_leaf
group by pairs.node, pairs.parent, pairs.first_leaf, pairs.last_leaf, pairs.user_count
