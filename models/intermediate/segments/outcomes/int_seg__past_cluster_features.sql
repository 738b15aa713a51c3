{# One row per user, as of the earlier date: the cluster features, standardized among the users of then. #}
{{ cluster_scaled(ref('int_seg__past_users_to_segment'), ref('int_seg__past_cluster_scaling')) }}
