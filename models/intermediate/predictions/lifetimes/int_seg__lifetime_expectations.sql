{#
    One row per horizon, buyer and as-of date with a BG/NBD fit: what the lifetime models expect of the buyer in the
    coming window, and by how much it grows to the horizon: amounts by a factor, the chance of no order by a power. Who has not
    ordered in the window may be lost, so the chance of an order grows by less than orders do.
#}
{{ config(materialized='kept_in_realtime') }}
{% set steps = lifetime_steps() %}
{% set yearly = 1 + var('seg__annual_discount_rate') %}

with

{# Money of later counts less: each step of a span is discounted from its middle. #}
spans as (

    select
        horizon_days,
        as_of_date,
        repeat_count,
        age_days,
        max(case when span_name = 'window' and step_number = {{ steps }} then order_day_count_if_alive end)
            as window_count,
        max(case when span_name = 'horizon' and step_number = {{ steps }} then order_day_count_if_alive end)
            as horizon_count,
        {% for span in ['window', 'horizon'] %}
        {% for step in range(1, steps + 1) %}
        {{ '+ ' if not loop.first }}max(case
            when span_name = '{{ span }}' and step_number = {{ step }}
                then order_day_count_if_alive * (
                    power({{ yearly }}, -span_days * {{ step - 0.5 }} / {{ step }} / 365)
                    {%- if step < steps %}
                    - power({{ yearly }}, -span_days * {{ step + 0.5 }} / {{ step }} / 365)
                    {%- endif %}
                )
        end)
        {%- endfor %} as discounted_{{ span }}_count{{ ',' if not loop.last }}
        {% endfor %}
    from {{ of_run('int_seg__lifetime_order_counts') }}
    group by horizon_days, as_of_date, repeat_count, age_days

),

alive as (

    select
        histories.user_id,
        windows.horizon_days,
        windows.as_of_date,
        windows.window_days,
        histories.repeat_count,
        histories.age_days,
        1 / (
            1 + case
                when histories.repeat_count > 0
                    then fits.a / (fits.b + histories.repeat_count - 1) * power(
                        (fits.alpha + histories.age_days) / (fits.alpha + histories.recency_days),
                        fits.r + histories.repeat_count
                    )
                else 0
            end
        ) as alive_probability,
        case
            when fits.p is null then coalesce(histories.mean_order_value, fits.mean_order_value)
            else
                fits.p * (fits.v + (histories.repeat_count + 1) * coalesce(histories.mean_order_value, 0))
                / (fits.p * (histories.repeat_count + 1) + fits.q - 1)
        end as expected_order_value,
        fits.orders_per_order_day,
        fits.alpha,
        fits.r
    from {{ of_run('int_seg__order_histories') }} as histories
    inner join {{ predicted_windows() }} as windows
        on histories.as_of_date = windows.as_of_date
    inner join {{ ref('int_seg__lifetime_fits') }} as fits
        on windows.fitted_as_of_date = fits.as_of_date
    where fits.r is not null

),

with_probabilities as (

    select
        *,
        {% for span in ['window', 'horizon'] %}
        alive_probability * (1 - power((alpha + age_days) / (alpha + age_days + {{ span }}_days), r + repeat_count))
            as {{ span }}_probability{{ ',' if not loop.last }}
        {% endfor %}
    from alive

)

select
    alive.horizon_days,
    alive.user_id,
    alive.as_of_date,
    alive.alive_probability,
    alive.window_probability as order_probability,
    alive.alive_probability * spans.window_count * alive.orders_per_order_day as expected_order_count,
    alive.expected_order_value,
    alive.alive_probability * spans.window_count * alive.expected_order_value as expected_revenue,
    alive.alive_probability * spans.discounted_window_count * alive.expected_order_value as discounted_revenue,
    spans.horizon_count / nullif(spans.window_count, 0) as horizon_scale,
    ln(greatest(1 - alive.horizon_probability, 1e-300)) / nullif(ln(greatest(1 - alive.window_probability, 1e-300)), 0)
        as probability_scale,
    spans.discounted_horizon_count / nullif(spans.discounted_window_count, 0) as discounted_horizon_scale
from with_probabilities as alive
inner join spans
    on
        alive.horizon_days = spans.horizon_days
        and alive.as_of_date = spans.as_of_date
        and alive.repeat_count = spans.repeat_count
        and alive.age_days = spans.age_days
