{# The columns of a plan of experiments, `seg_ref__experiments` and what takes its place. #}
{% macro experiment_columns() %}
    {{ return([
        'experiment_id', 'variant', 'share', 'starts_on', 'ends_on', 'holdout_share', 'exclusion_group', 'window_days',
        'is_control', 'requires_consent', 'is_assigned_here',
    ]) }}
{% endmacro %}
