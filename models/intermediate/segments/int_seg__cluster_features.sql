{# One row per user: the cluster features, winsorized, logged where skewed, standardized; 0 is the mean, never null. #}

{% set features = cluster_features() %}

with

scaling as (

    select
        {% for feature in features %}
        {% for parameter in ['low', 'high', 'mean', 'standard_deviation'] %}
        max(case when feature_name = '{{ feature.name }}' then {{ parameter }} end)
            as {{ feature.name }}_{{ parameter }}{{ ',' if not loop.last }}
        {%- endfor %}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__cluster_scaling') }}

)

select
    users.user_id,
    users.as_of_date,
    users.has_been_seen,
    users.net_revenue,
    {% for feature in features %}
    coalesce(
        ({{ cluster_transformed(feature) }} - {{ feature.name }}_mean)
        / case when {{ feature.name }}_standard_deviation > 0 then {{ feature.name }}_standard_deviation end,
        0
    ) as scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__users_to_segment') }} as users
cross join scaling
