{# One row per permuted feature, horizon and user of the permutation rows: the standardized features. The components stay. #}
{{ permuted(ref('int_seg__prediction_features'), prediction_components() | map(attribute='name') | list) }}
