{#
    One row per user, as-of date and target with a fit: what linear or logistic regression predicts. Amounts lie
    between 0 and the largest value that any user reached in the windows of the fit.
#}
{% set probabilities = [] %}
{% for target in prediction_targets() if target.is_probability %}
    {% do probabilities.append("'" ~ target.name ~ "'") %}
{% endfor %}

with

linear_terms as (

    select
        targets.user_id,
        targets.as_of_date,
        targets.target_name,
        targets.fit_name,
        fits.model_name,
        targets.split,
        targets.actual,
        baselines.largest_actual,
        fits.intercept
        {%- for feature in prediction_features() %}
        + coalesce(fits.{{ feature.name }} * features.{{ feature.name }}, 0)
        {%- endfor %} as linear_term
    from {{ ref('int_seg__prediction_targets') }} as targets
    inner join {{ ref('int_seg__linear_fits_widened') }} as fits
        on
            targets.target_name = fits.target_name
            and targets.fit_name = fits.fit_name
    inner join {{ ref('int_seg__prediction_features') }} as features
        on
            targets.user_id = features.user_id
            and targets.as_of_date = features.as_of_date
    inner join {{ ref('int_seg__prediction_baselines') }} as baselines
        on
            targets.target_name = baselines.target_name
            and targets.fit_name = baselines.fit_name

)

select
    user_id,
    as_of_date,
    target_name,
    model_name,
    split,
    actual,
    case
        {# exp() overflows beyond 709; the probability is 0 or 1 to 17 digits long before. #}
        when target_name in ({{ probabilities | join(', ') }})
            then 1 / (1 + exp(-greatest(-40.0, least(40.0, linear_term))))
        else greatest(0.0, least(largest_actual, linear_term))
    end as prediction
from linear_terms
