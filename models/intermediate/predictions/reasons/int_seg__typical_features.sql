{#
    One row per horizon and feature: the median of all users at the scoring date, and the mean of those whom it is known of,
    which is what a reason names beside a user's value: contributions are from the average user, and many medians are 0.
#}
with

moments as (

    select
        horizon_days,
        {% for feature in prediction_features() %}
        {% set known = 'case when ' ~ (feature.known_of or 'true') ~ ' then ' ~ feature.name ~ ' end' %}
        percentile_cont(0.5) within group (order by {{ feature.name }}) as {{ feature.name }}_median,
        {{ ratio(exact_sum(known), 'count(' ~ known ~ ')') }} as {{ feature.name }}_mean{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__prediction_features_filled') }}
    where split = 'scoring'
    group by horizon_days

)

{% for feature in prediction_features() %}
select
    horizon_days,
    '{{ feature.name }}' as feature_name,
    {{ feature.name }}_median as typical_value,
    {{ feature.name }}_mean as mean_value
from moments
{{ 'union all' if not loop.last }}
{% endfor %}
