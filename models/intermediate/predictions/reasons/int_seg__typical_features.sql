{# One row per horizon and feature: the median of all users at the scoring date. #}
with

medians as (

    select
        horizon_days,
        {% for feature in prediction_features() %}
        percentile_cont(0.5) within group (order by {{ feature.name }}) as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__prediction_features_filled') }}
    where split = 'scoring'
    group by horizon_days

)

{% for feature in prediction_features() %}
select
    horizon_days,
    '{{ feature.name }}' as feature_name,
    {{ feature.name }} as typical_value
from medians
{{ 'union all' if not loop.last }}
{% endfor %}
