{#
    One row per node of the tree that serves: its users, how many of them count under another segment where groups are
    published, and whether the node may be shown.
#}

{% set minimum = var('seg__minimum_group_size') %}

with

leaves as (

    select
        assignments.leaf,
        count(*) as user_count,
        sum(case when fine.is_published then 0 else 1 end) as hidden_count,
        sum(case when coarse.is_published then 0 else 1 end) as coarse_hidden_count
    from {{ ref('int_seg__hierarchy_assignments') }} as assignments
    left join {{ ref('int_seg__hierarchy_segments') }} as fine
        on
            assignments.fine_number = fine.cluster_number
            and fine.scheme = 'hierarchical'
    left join {{ ref('int_seg__hierarchy_segments') }} as coarse
        on
            assignments.coarse_number = coarse.cluster_number
            and coarse.scheme = 'hierarchical_coarse'
    group by assignments.leaf

),

sizes as (

    select
        nodes.node,
        nodes.parent,
        nodes.first_leaf,
        nodes.last_leaf,
        coalesce(sum(leaves.user_count), 0) as user_count,
        coalesce(sum(leaves.hidden_count), 0) as hidden_count,
        coalesce(sum(leaves.coarse_hidden_count), 0) as coarse_hidden_count
    from {{ ref('int_seg__hierarchy_nodes') }} as nodes
    left join leaves
        on leaves.leaf between nodes.first_leaf and nodes.last_leaf
    group by nodes.node, nodes.parent, nodes.first_leaf, nodes.last_leaf

),

judged as (

    select
        *,
        {# Hidden users are what a node has more than its published segments: too few of them must not be told. #}
        case
            when user_count < {{ minimum }} then 1
            when hidden_count > 0 and (hidden_count < {{ minimum }} or hidden_count = user_count) then 1
            when
                coarse_hidden_count > 0
                and (coarse_hidden_count < {{ minimum }} or coarse_hidden_count = user_count) then 1
            else 0
        end as is_revealing
    from sizes

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
