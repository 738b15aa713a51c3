{# One row per permuted feature, horizon and user of the permutation rows: the features before scaling. #}
{{ permuted(ref('int_seg__prediction_features_filled'), [
    'window_days', 'has_lifetime_expectation', 'discounted_revenue', 'horizon_scale', 'probability_scale',
    'discounted_horizon_scale',
]) }}
