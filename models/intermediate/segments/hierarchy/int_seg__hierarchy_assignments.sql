{# One row per user: the nearest micro-cluster of the tree that serves, the groups that it lies in, and how clear that is. #}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_score'}) }}

select *
from ({{ hierarchy_assigned(scored_users('int_seg__cluster_features'), ref('int_seg__hierarchy_nodes')) }}) as assigned
