{# One row per user: the cluster features, standardized by the fit that serves. #}
{{ cluster_scaled(ref('int_seg__users_to_segment'), ref('int_seg__cluster_scaling')) }}
