select
    parents.node,
    parents.size,
    count(*) as child_count,
    sum(children.size) as children_size
from {{ ref('seg__segment_tree') }} as parents
inner join {{ ref('seg__segment_tree') }} as children
    on parents.node = children.parent
group by parents.node, parents.size
having count(*) <> 2 or sum(children.size) <> parents.size
