{# One row per user: the nearest cluster, the second nearest and how clear that is. #}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_score'}) }}
{{ cluster_assignments(scored_users('int_seg__cluster_features'), ref('int_seg__cluster_centroids')) }}
