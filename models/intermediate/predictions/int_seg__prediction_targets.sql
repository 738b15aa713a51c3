{#
    One row per user, as-of date and target: the known outcome (null at the scoring date), the same amount in the
    horizon before the date, and the fit that predicts the row without having seen it. Of the train windows, which
    their own fit has seen, only the sampled rows.
#}
with

features as (

    select
        user_id,
        as_of_date,
        split,
        previous_order_count,
        previous_net_revenue
    from {{ ref('int_seg__prediction_features_filled') }}

),

labels as (

    select * from {{ ref('int_seg__prediction_labels') }}

),

sampled as (

    select
        user_id,
        as_of_date
    from {{ ref('int_seg__prediction_rows_sampled') }}

),

user_dates as (

    select
        features.user_id,
        features.as_of_date,
        features.split,
        case features.split
            when 'scoring' then 'serve'
            when 'test' then 'report'
            else 'choose'
        end as fit_name,
        features.previous_order_count,
        features.previous_net_revenue,
        labels.order_count,
        labels.net_revenue,
        labels.will_order
    from features
    left join labels
        on
            features.user_id = labels.user_id
            and features.as_of_date = labels.as_of_date
    left join sampled
        on
            features.user_id = sampled.user_id
            and features.as_of_date = sampled.as_of_date
    where
        features.split = 'scoring'
        or (labels.user_id is not null and (features.split <> 'train' or sampled.user_id is not null))

)

{% for target in prediction_targets() %}
select
    user_id,
    as_of_date,
    '{{ target.name }}' as target_name,
    split,
    fit_name,
    cast({{ target.name }} as double) as actual,
    {% if target.is_probability %}
    case when previous_order_count > 0 then 1.0 else 0.0 end
    {%- else %}
    previous_{{ target.name }}
    {%- endif %} as previous
from user_dates
{{ 'union all' if not loop.last }}
{% endfor %}
