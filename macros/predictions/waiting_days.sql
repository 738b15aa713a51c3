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
