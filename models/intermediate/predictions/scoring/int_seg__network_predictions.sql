{# One row per target, user and past as-of date: what the neural network says. #}
-- depends_on: {{ ref('int_seg__network_fits') }}
{{ fitted_predictions('network') }}
