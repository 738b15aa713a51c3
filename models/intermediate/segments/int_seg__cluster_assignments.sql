{# One row per user: the nearest cluster, the second nearest and how clear that is. #}
{{ cluster_assignments(ref('int_seg__cluster_features'), ref('int_seg__cluster_centroids')) }}
