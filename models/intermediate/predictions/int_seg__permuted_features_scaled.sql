{# One row per permuted feature, horizon and user of the permutation rows: the standardized features. #}
{{ permuted(ref('int_seg__prediction_features'), []) }}
