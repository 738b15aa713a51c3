{#
    How long who orders within a number of days has waited for it on average, in days, where orders come at the same rate on
    every day: the mean of an exponential distribution cut off at the end, 1 / rate - days / (exp(rate x days) - 1). Half of the
    days where next to nothing comes, 1 / rate where much does.
    rate, days: SQL expressions, orders a day, 0 or more, and days.
#}
{% macro waiting_days(rate, days) -%}
    (case
        {#- Near 0 both terms are large and their difference noise: by the series. #}
        when ({{ rate }}) * ({{ days }}) < 0.001 then ({{ days }}) / 2.0
        when ({{ rate }}) * ({{ days }}) > 700 then 1 / ({{ rate }})
        else 1 / ({{ rate }}) - ({{ days }}) / (exp(({{ rate }}) * ({{ days }})) - 1)
    end)
{%- endmacro %}

{#
    A waiting time of those who order within a window, for those who order within a longer horizon: who orders later waits for
    all of the window, and `waited_later` then.
    waited: SQL expression, days. window_probability, horizon_probability: of an order in either, above 0.
#}
{% macro waiting_days_in_horizon(waited, waited_later, window_probability, horizon_probability) -%}
    (
        {{ window_probability }} * {{ waited }} + ({{ horizon_probability }} - {{ window_probability }}) * {{ waited_later }}
    ) / {{ horizon_probability }}
{%- endmacro %}
