{# One row per target, user, past as-of date and tree ensemble: what the model says. #}
-- depends_on: {{ ref('int_seg__tree_fits') }}
{{ fitted_predictions('tree') }}
