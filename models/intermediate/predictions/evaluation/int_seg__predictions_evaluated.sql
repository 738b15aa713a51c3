{#
    One row per target, user, past as-of date and model: what every model, the stack included, says, and what happened.
    A target that is the complement of another has 1 minus its predictions, for the users of its own population.
#}
with

stacked as (

    select
        scored.target_name,
        scored.user_id,
        scored.as_of_date,
        scored.split,
        scored.is_active_buyer,
        max(scored.actual) as actual,
        {{ exact_sum('stack_fits.weight * scored.prediction') }} as prediction,
        max(stack_fits.calibration_intercept) as calibration_intercept,
        max(stack_fits.calibration_slope) as calibration_slope
    from {{ ref('int_seg__predictions_scored') }} as scored
    inner join {{ ref('int_seg__stack_fits') }} as stack_fits
        on
            scored.target_name = stack_fits.target_name
            and scored.model_name = stack_fits.model_name
            and scored.fit_name = stack_fits.fit_name
            and stack_fits.fold = case scored.split
                when 'validation' then {{ md5_bucket('scored.user_id', 5) }}
                else -1
            end
    where scored.split in ('validation', 'test')
    group by scored.target_name, scored.user_id, scored.as_of_date, scored.split, scored.is_active_buyer

),

predictions as (

    select
        target_name,
        user_id,
        as_of_date,
        split,
        model_name,
        actual,
        prediction,
        is_active_buyer
    from {{ ref('int_seg__predictions_scored') }}

    union all

    select
        target_name,
        user_id,
        as_of_date,
        split,
        'stacked' as model_name,
        actual,
        {{ calibrated('prediction', 'calibration_intercept', 'calibration_slope') }} as prediction,
        is_active_buyer
    from stacked

)

select
    target_name,
    user_id,
    as_of_date,
    split,
    model_name,
    actual,
    prediction,
    model_name in ('constant', 'same_as_before') as is_baseline
from predictions
{% for target in prediction_targets() if target.complement_of %}
union all
select
    '{{ target.name }}' as target_name,
    user_id,
    as_of_date,
    split,
    model_name,
    1 - actual as actual,
    1 - prediction as prediction,
    model_name in ('constant', 'same_as_before') as is_baseline
from predictions
where target_name = '{{ target.complement_of }}' and is_active_buyer
{% endfor %}
