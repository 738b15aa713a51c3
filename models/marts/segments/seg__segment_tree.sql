{# One row per node of the tree of users that is large enough to be shown, with its children or without both. #}

with

segments as (

    select * from {{ ref('int_seg__hierarchy_segments') }}

),

as_of_dates as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

)

select
    as_of_dates.as_of_date,
    nodes.as_of_date as fitted_as_of_date,
    nodes.node,
    nodes.parent,
    cast(fine.segment_key as string) as hierarchical_key,
    cast(coarse.segment_key as string) as hierarchical_coarse_key,
    cast(case
        when nodes.is_fine_group then fine.segment_name
        when nodes.is_coarse_group then coarse.segment_name
        when nodes.parent is null then 'All users'
        else names.segment_name
    end as string) as name,
    nodes.height,
    cast(sizes.user_count as bigint) as size,
    nodes.is_fine_group as is_hierarchical_segment,
    nodes.is_coarse_group as is_hierarchical_coarse_segment
from {{ ref('int_seg__hierarchy_nodes') }} as nodes
cross join as_of_dates
inner join {{ ref('int_seg__hierarchy_sizes') }} as sizes
    on nodes.node = sizes.node
inner join {{ ref('int_seg__cluster_names') }} as names
    on
        nodes.node = -names.cluster_number
        and names.scheme = 'node'
left join segments as fine
    on
        nodes.fine_number = fine.cluster_number
        and fine.scheme = 'hierarchical'
left join segments as coarse
    on
        nodes.coarse_number = coarse.cluster_number
        and coarse.scheme = 'hierarchical_coarse'
where sizes.is_shown
