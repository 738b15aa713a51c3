{# One row per user and fitted scheme: the cluster of the fit that serves, and how clear that is. #}
{{ config(materialized='view_in_place') }}

select
    user_id,
    as_of_date,
    fitted_as_of_date,
    'kmeans' as scheme,
    cluster_number,
    confidence
from {{ ref('int_seg__cluster_assignments') }}

union all

select
    user_id,
    as_of_date,
    fitted_as_of_date,
    'hierarchical_coarse' as scheme,
    coarse_number as cluster_number,
    coarse_confidence as confidence
from {{ ref('int_seg__hierarchy_assignments') }}

union all

select
    user_id,
    as_of_date,
    fitted_as_of_date,
    'hierarchical' as scheme,
    fine_number as cluster_number,
    fine_confidence as confidence
from {{ ref('int_seg__hierarchy_assignments') }}
