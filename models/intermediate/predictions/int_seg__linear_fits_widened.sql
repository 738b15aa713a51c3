{# One row per target and fit: intercept and coefficients side by side, for scoring. #}
select
    target_name,
    model_name,
    fit_name,
    max(case when feature_name = 'intercept' then coefficient end) as intercept,
    {% for feature in prediction_features() %}
    max(case when feature_name = '{{ feature.name }}' then coefficient end) as {{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__linear_fits') }}
group by target_name, model_name, fit_name
