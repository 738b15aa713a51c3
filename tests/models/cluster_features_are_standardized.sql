-- Over the users that a fit was made on, where it saw them all: mean 0, deviation the weight, or all 0 for a constant; a
-- filled null is the mean.
{% for feature in cluster_features() %}
select
    '{{ feature.name }}' as feature_name,
    avg(sampled.scaled_{{ feature.name }}) as mean,
    stddev_pop(sampled.scaled_{{ feature.name }}) as standard_deviation,
    max(scaling.weight) as weight
from {{ ref('int_seg__cluster_sample') }} as sampled
inner join {{ upstream('int_seg__cluster_scaling') }} as scaling
    on
        sampled.as_of_date = scaling.fitted_as_of_date
        and scaling.feature_name = '{{ feature.name }}'
having
    min(sampled.weight) = 1
    and max(sampled.weight) = 1
    and (
        abs(avg(sampled.scaled_{{ feature.name }})) > 0.000001
        or stddev_pop(sampled.scaled_{{ feature.name }}) > max(scaling.weight) + 0.000001
        or (
            max(scaling.fill) = 'zero'
            and stddev_pop(sampled.scaled_{{ feature.name }}) between 0.000001 and max(scaling.weight) - 0.000001
        )
    )
{{ 'union all' if not loop.last }}
{% endfor %}
