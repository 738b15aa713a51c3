{#
    A select of every prediction that the fits of one family make of past rows they have not seen (and of the train
    rows they have): the columns of int_seg__prediction_targets that say which row and what happened, model_name and
    prediction. No prediction passes what was seen in the fit's windows.
#}
{% macro fitted_predictions(family) %}
    {#- Outside the loop, where dbt sees them when it parses. -#}
    {%- set targets = ref('int_seg__prediction_targets') -%}
    {%- set features = ref('int_seg__prediction_features') -%}
    {%- set baselines = ref('int_seg__prediction_baselines') -%}
    {%- set expressions = fitted_expressions(family, "fit_name in ('choose', 'report')") -%}
    {#- The models of a target and fit together: their rows and features are looked up once. -#}
    {%- for target_name, fits_of_target in expressions | groupby('target_name') %}
    {%- for fit_name, fits in fits_of_target | groupby('fit_name') %}
select
    targets.target_name,
    targets.user_id,
    targets.as_of_date,
    targets.split,
    targets.fit_name,
    targets.is_active_buyer,
    targets.actual,
    targets.model_name,
    greatest(0.0, least(baselines.largest_actual, targets.prediction)) as prediction
from (
    select
        targets.target_name,
        targets.user_id,
        targets.as_of_date,
        targets.split,
        targets.fit_name,
        targets.is_active_buyer,
        targets.actual,
        models.model_name,
        case models.model_name
            {%- for fit in fits %}
            when '{{ fit.model_name }}' then {{ fit.expression }}
            {%- endfor %}
        end as prediction
    from {{ targets }} as targets
    inner join {{ features }} as scaled
        on
            targets.horizon_days = scaled.horizon_days
            and targets.user_id = scaled.user_id
            and targets.as_of_date = scaled.as_of_date
    cross join {{ names_as_rows(fits | map(attribute='model_name') | list, 'model_name') }} as models
    where targets.target_name = '{{ target_name }}' and targets.fit_name = '{{ fit_name }}'
) as targets
inner join {{ baselines }} as baselines
    on
        targets.target_name = baselines.target_name
        and targets.fit_name = baselines.fit_name
union all
    {%- endfor %}
    {%- endfor %}
select
    cast(null as string) as target_name,
    cast(null as string) as user_id,
    cast(null as date) as as_of_date,
    cast(null as string) as split,
    cast(null as string) as fit_name,
    cast(null as boolean) as is_active_buyer,
    cast(null as double) as actual,
    cast(null as string) as model_name,
    cast(null as double) as prediction
where false
{% endmacro %}
