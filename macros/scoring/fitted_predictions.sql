{#
    A select of every prediction that the fits of one family make of past rows they have not seen (and of the train
    rows they have): target_name, user_id, as_of_date, model_name, prediction. No prediction passes what was seen in
    the fit's windows.
#}
{% macro fitted_predictions(family) %}
    {#- Outside the loop, where dbt sees them when it parses. -#}
    {%- set targets = ref('int_seg__prediction_targets') -%}
    {%- set features = ref('int_seg__prediction_features') -%}
    {%- set baselines = ref('int_seg__prediction_baselines') -%}
    {%- set expressions = fitted_expressions(family, "fit_name in ('choose', 'report')") -%}
    {%- for fit in expressions %}
select
    targets.target_name,
    targets.user_id,
    targets.as_of_date,
    '{{ fit.model_name }}' as model_name,
    greatest(0.0, least(baselines.largest_actual, targets.prediction)) as prediction
from (
    select
        targets.target_name,
        targets.user_id,
        targets.as_of_date,
        targets.fit_name,
        {{ fit.expression }} as prediction
    from {{ targets }} as targets
    inner join {{ features }} as scaled
        on
            targets.horizon_days = scaled.horizon_days
            and targets.user_id = scaled.user_id
            and targets.as_of_date = scaled.as_of_date
    where targets.target_name = '{{ fit.target_name }}' and targets.fit_name = '{{ fit.fit_name }}'
) as targets
inner join {{ baselines }} as baselines
    on
        targets.target_name = baselines.target_name
        and targets.fit_name = baselines.fit_name
union all
    {%- endfor %}
select
    cast(null as string) as target_name,
    cast(null as string) as user_id,
    cast(null as date) as as_of_date,
    cast(null as string) as model_name,
    cast(null as double) as prediction
where false
{% endmacro %}
