-- Over the users that the parameters come from (of a fit of today): mean 0, deviation 1, or all 0 for a constant; a filled null is the mean.
{% for feature in cluster_features() %}
select
    '{{ feature.name }}' as feature_name,
    avg(scaled_{{ feature.name }}) as mean,
    stddev_pop(scaled_{{ feature.name }}) as standard_deviation
from {{ ref('int_seg__cluster_features') }}
where has_been_seen and as_of_date in (select fitted_as_of_date from {{ ref('int_seg__cluster_scaling') }})
having
    abs(avg(scaled_{{ feature.name }})) > 0.000001
    or stddev_pop(scaled_{{ feature.name }}) > 1.000001
    {% if feature.fill == 'zero' %}
    or stddev_pop(scaled_{{ feature.name }}) between 0.000001 and 0.999999
    {% endif %}
{{ 'union all' if not loop.last }}
{% endfor %}
