{# One row per user: the cluster features of today, standardized by the last fit before; no row at the first fit. #}
{{ cluster_scaled(ref('int_seg__users_to_segment'), ref('int_seg__last_fit_scaling')) }}
