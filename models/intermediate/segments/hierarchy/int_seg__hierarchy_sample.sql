{# One row per sampled user, where a fit is due: what the tree is fitted on, and where the last tree would put the user today. #}

select
    samples.*,
    last_hierarchy.leaf as last_leaf,
    last_hierarchy.coarse_number as last_coarse_number,
    last_hierarchy.fine_number as last_fine_number
from {{ ref('int_seg__cluster_sample') }} as samples
left join {{ ref('int_seg__last_fit_hierarchy') }} as last_hierarchy
    on samples.user_id = last_hierarchy.user_id
