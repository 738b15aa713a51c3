{#
    On the unseen window the blend's lists are no worse, by more than chance, than those of a baseline. Where they are the
    baseline serves (`is_champion` in seg__recommendation_metrics), and the shop should know.
#}
{{ config(severity='warn') }}
select
    compared_strategy as better_baseline,
    metric_value,
    compared_value,
    interval_low,
    interval_high
from {{ ref('seg__recommendation_comparisons') }}
where
    is_baseline
    and user_group = 'all'
    and repeats_allowed = {{ var('seg__recommend_repeats') }}
    and verdict = 'behind'
