{# One row per user: the nearest micro-cluster of the tree that serves, the groups that it lies in, and how clear that is. #}

select *
from ({{ hierarchy_assigned(ref('int_seg__cluster_features'), ref('int_seg__hierarchy_nodes')) }}) as assigned
