-- Over the users that the parameters come from (of a fit of today): mean 0, deviation the weight, or all 0 for a
-- constant; a filled null is the mean.
{% for feature in cluster_features() %}
select
    '{{ feature.name }}' as feature_name,
    avg(features.scaled_{{ feature.name }}) as mean,
    stddev_pop(features.scaled_{{ feature.name }}) as standard_deviation,
    max(scaling.weight) as weight
from {{ ref('int_seg__cluster_features') }} as features
inner join {{ ref('int_seg__cluster_scaling') }} as scaling
    on
        features.as_of_date = scaling.fitted_as_of_date
        and scaling.feature_name = '{{ feature.name }}'
where features.has_been_seen
having
    abs(avg(features.scaled_{{ feature.name }})) > 0.000001
    or stddev_pop(features.scaled_{{ feature.name }}) > max(scaling.weight) + 0.000001
    or (
        max(scaling.fill) = 'zero'
        and stddev_pop(features.scaled_{{ feature.name }}) between 0.000001 and max(scaling.weight) - 0.000001
    )
{{ 'union all' if not loop.last }}
{% endfor %}
