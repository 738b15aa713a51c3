{#
    One row per target, user, past as-of date and single model: what each model says, the baselines `constant` and
    `same_as_before` among them, and what happened.
#}
{{ config(materialized='view_in_place') }}

{% for family in ['simple', 'linear', 'tree', 'network'] %}
select
    target_name,
    user_id,
    as_of_date,
    split,
    fit_name,
    is_active_buyer,
    actual,
    model_name,
    prediction
from {{ ref('int_seg__' ~ family ~ '_predictions') }}
{{ 'union all' if not loop.last }}
{% endfor %}
