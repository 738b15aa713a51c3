{# One row per user and target: what the chosen model expects of the user in the coming horizon. #}
with

{# The interval in the window that was measured, which is no longer than the horizon. #}
bounded as (

    select
        served.*,
        choices.model_name,
        choices.model_name <> 'constant' as tells_users_apart,
        {{ interval_low('served.prediction', 'intervals.width', is_probability_target('served.target_name')) }} as low,
        {{ interval_high(
            'served.prediction', 'intervals.mean_actual', 'intervals.width', is_probability_target('served.target_name')
        ) }} as high
    from {{ ref('int_seg__predictions_served') }} as served
    inner join {{ ref('seg__model_choices') }} as choices
        on served.target_name = choices.target_name
    left join {{ ref('int_seg__prediction_intervals') }} as intervals
        on
            served.target_name = intervals.target_name
            and choices.model_name = intervals.model_name
            and intervals.fit_name = 'serve'
            and {{ is_in_band('served.prediction', 'intervals') }}

),

{#
    Of those who order within the horizon: which share does within the window, and at which rate orders come later, by what
    will_order says of both.
#}
waiting as (

    select
        user_id,
        window_probability / (1 - power(1 - window_probability, scale_to_horizon)) as window_share,
        coalesce(
            -ln(1 - window_probability) * (scale_to_horizon - 1) / nullif(horizon_days - window_days, 0), 0
        ) as later_rate
    from (
        select
            user_id,
            horizon_days,
            window_days,
            scale_to_horizon,
            greatest(0.000001, least(0.999999, prediction)) as window_probability
        from bounded
        where target_name = 'will_order'
    ) as ordering

),

{# greatest() and least() pass over nulls: an interval that is not known must stay so. #}
scaled as (

    {% for target in fitted_targets() %}
    select
        bounded.user_id,
        bounded.as_of_date,
        bounded.horizon_days,
        bounded.target_name,
        bounded.model_name,
        bounded.tells_users_apart,
        bounded.is_active_buyer,
        {% for end in ['prediction', 'low', 'high'] %}
        {% if target.kind == 'probability' %}
        {# Not ordering in the horizon is not ordering in each of its windows. #}
        case
            when {{ end }} is null then null
            when bounded.scale_to_horizon = 1 then greatest(0.0, least(1.0, {{ end }}))
            else 1 - power(1 - greatest(0.0, least(1.0, {{ end }})), bounded.scale_to_horizon)
        end
        {%- elif target.kind == 'days' %}
        case
            when {{ end }} is not null then greatest(1.0, least(bounded.horizon_days, case
                when bounded.window_days = bounded.horizon_days then {{ end }}
                else {{ waiting_days_in_horizon(
                    end, 'window_share', 'later_rate', 'bounded.window_days', 'bounded.horizon_days'
                ) }}
            end))
        end
        {%- else %}
        case when {{ end }} is not null then greatest(0.0, {{ end }} * bounded.scale_to_horizon) end
        {%- endif %} as {{ end }}{{ ',' if not loop.last }}
        {% endfor %}
    from bounded
    {% if target.kind == 'days' %}
    left join waiting
        on bounded.user_id = waiting.user_id
    {% endif %}
    where bounded.target_name = '{{ target.name }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# What is part of another target (`at_least`), where both tell users apart: a mean of all is no knowledge of a user. #}
parts as (

    {% for target in fitted_targets() if target.at_least %}
    select
        user_id,
        '{{ target.name }}' as target_name,
        prediction * {{ target.at_least_share }} as prediction,
        high * {{ target.at_least_share }} as high
    from scaled
    where target_name = '{{ target.at_least }}' and tells_users_apart
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

coherent as (

    select
        scaled.user_id,
        scaled.as_of_date,
        scaled.horizon_days,
        scaled.target_name,
        scaled.model_name,
        scaled.is_active_buyer,
        case when parts.prediction > scaled.prediction then parts.prediction else scaled.prediction end as prediction,
        scaled.low,
        case
            when scaled.high is not null and parts.prediction > scaled.prediction
                then greatest(scaled.high, parts.prediction, parts.high)
            else scaled.high
        end as high
    from scaled
    left join parts
        on
            scaled.user_id = parts.user_id
            and scaled.target_name = parts.target_name
            and scaled.tells_users_apart

),

predictions as (

    select * from coherent

    {% for target in prediction_targets() if target.complement_of %}
    union all

    select
        user_id,
        as_of_date,
        horizon_days,
        '{{ target.name }}' as target_name,
        model_name,
        is_active_buyer,
        1 - prediction as prediction,
        1 - high as low,
        1 - low as high
    from scaled
    where target_name = '{{ target.complement_of }}' and is_active_buyer
    {% endfor %}

)

select
    cast(user_id as string) as user_id,
    as_of_date,
    horizon_days,
    cast(target_name as string) as target_name,
    cast(model_name as string) as model_name,
    cast(prediction as double) as prediction,
    cast(low as double) as prediction_low,
    cast(high as double) as prediction_high,
    {# The share of users with a lower or equal prediction; equal predictions share it. #}
    cast(cume_dist() over (
        partition by target_name
        order by round(prediction, 9)
    ) as double) as percentile
from predictions
