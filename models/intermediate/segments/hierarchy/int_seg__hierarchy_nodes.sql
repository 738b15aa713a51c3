{# One row per node of the tree that serves: where it stands, what it is at either cut, and its mean in standardized units. #}

with

fits as (

    select *
    from {{ ref('int_seg__hierarchy_fits') }}
    where as_of_date in (select fitted_as_of_date from {{ ref('int_seg__cluster_scaling') }})

),

nodes as (

    {{ hierarchy_nodes('fits') }}

)

select
    nodes.*,
    nodes.coarse_number is not null and parents.coarse_number is null as is_coarse_group,
    nodes.fine_number is not null and parents.fine_number is null as is_fine_group
from nodes
left join nodes as parents
    on nodes.parent = parents.node
