{# One row per user: the cluster features, standardized by the fit that serves. #}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_score'}) }}
{{ cluster_scaled(ref('int_seg__users_to_segment'), ref('int_seg__cluster_scaling')) }}
and {{ only_users_to_refresh('users.user_id', 'int_seg__users_to_score') }}
