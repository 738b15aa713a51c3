{# One row per target, user, past as-of date and linear model: what the model says. #}
-- depends_on: {{ ref('int_seg__linear_fits') }}
{{ fitted_predictions('linear') }}
