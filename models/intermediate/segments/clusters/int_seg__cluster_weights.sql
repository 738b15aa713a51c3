{# One row per cluster feature where a fit is due: what it weighs beside the others. #}
{{ cluster_weights(ref('int_seg__users_to_segment'), ref('int_seg__cluster_scaling_measured')) }}
