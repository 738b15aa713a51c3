{#
    How long who orders within a number of days has waited for it on average, in whole days from 1, where orders come at the
    same rate on every day: the mean of an exponential distribution cut off at the end, 1 / rate - days / (exp(rate x days) - 1),
    and half a day, as the day of the order counts whole. Half of the days where next to nothing comes, 1 / rate where much does.
    rate, days: SQL expressions, orders a day, 0 or more, and days.
#}
{% macro waiting_days(rate, days) -%}
    (0.5 + case
        {#- Near 0 both terms are large and their difference noise: by its series. #}
        when ({{ rate }}) * ({{ days }}) < 0.001 then ({{ days }}) / 2.0 - ({{ rate }}) * power({{ days }}, 2) / 12
        when ({{ rate }}) * ({{ days }}) > 700 then 1 / ({{ rate }})
        else 1 / ({{ rate }}) - ({{ days }}) / (exp(({{ rate }}) * ({{ days }})) - 1)
    end)
{%- endmacro %}

{# After how many of the days the given share of those who order in them has ordered, at the same rate. #}
{% macro waiting_days_quantile(share, rate, days) -%}
    (case
        when ({{ rate }}) * ({{ days }}) < 0.001 then ({{ share }}) * ({{ days }})
        else -ln(1 - ({{ share }}) * (1 - exp(-({{ rate }}) * ({{ days }})))) / ({{ rate }})
    end)
{%- endmacro %}

{#
    What is said of a waiting time within a window, for those who order within a longer horizon: window_share of them within the
    window, the others later, at later_rate orders a day.
    end: `prediction`, `low` or `high`, a column of this name. Of the waiting times nine in ten are to lie below the upper end,
    and one in ten at most below the lower one, which is that of the window. Where so many order within the window already, the
    upper end lies between the window's own and its last day.
#}
{% macro waiting_days_in_horizon(end, window_share, later_rate, window_days, horizon_days) -%}
    {%- set later_days = horizon_days ~ ' - ' ~ window_days -%}
    {%- if end == 'prediction' -%}
        {{ window_share }} * prediction
        + (1 - {{ window_share }}) * ({{ window_days }} + {{ waiting_days(later_rate, later_days) }})
    {%- elif end == 'low' -%}
        low
    {%- else -%}
        case
            when {{ window_share }} >= 0.9 then high + (1 - {{ window_share }}) / 0.1 * greatest({{ window_days }} - high, 0)
            else {{ window_days }} + {{ waiting_days_quantile(
                '(0.9 - ' ~ window_share ~ ') / (1 - ' ~ window_share ~ ')', later_rate, later_days
            ) }}
        end
    {%- endif -%}
{%- endmacro %}
