{#
    One row per user, as-of date, target and model: what each model says, and the baselines beside it.
    constant: the mean of the outcomes in the windows that the fit learns from.
    same_as_before: the user's own amount in the horizon before the date, at least 0; for a probability, the share
    of those who ordered among the users who had (or had not) ordered in the horizon before.
#}
with

targets as (

    select * from {{ ref('int_seg__prediction_targets') }}

),

baselines as (

    select * from {{ ref('int_seg__prediction_baselines') }}

),

constant_predictions as (

    select
        targets.user_id,
        targets.as_of_date,
        targets.target_name,
        'constant' as model_name,
        true as is_baseline,
        targets.split,
        targets.actual,
        {# A mean of returns alone would be negative. #}
        greatest(0.0, baselines.mean_actual) as prediction
    from targets
    inner join baselines
        on
            targets.target_name = baselines.target_name
            and targets.fit_name = baselines.fit_name

),

{% for target in prediction_targets() %}
same_{{ target.name }} as (

    select
        targets.user_id,
        targets.as_of_date,
        targets.target_name,
        'same_as_before' as model_name,
        true as is_baseline,
        targets.split,
        targets.actual,
        {% if target.is_probability %}
        case when targets.previous > 0 then baselines.mean_if_before else baselines.mean_if_not_before end as prediction
    from targets
    inner join baselines
        on
            targets.target_name = baselines.target_name
            and targets.fit_name = baselines.fit_name
        {% else %}
        greatest(0.0, targets.previous) as prediction
    from targets
        {% endif %}
    where targets.target_name = '{{ target.name }}'

),

{% endfor %}
fitted as (

    select
        user_id,
        as_of_date,
        target_name,
        model_name,
        false as is_baseline,
        split,
        actual,
        prediction
    from {{ ref('int_seg__linear_predictions') }}

)

select * from constant_predictions
{% for target in prediction_targets() %}
union all
select * from same_{{ target.name }}
{% endfor %}
union all
select * from fitted
