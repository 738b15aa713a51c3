{# hits / trials where `damping` more trials have had the wider rate: few trials say little. #}
{% macro smoothed_rate(hits, trials, wider_rate, damping) -%}
    round(coalesce(
        {{ ratio(hits ~ ' + ' ~ damping ~ ' * ' ~ wider_rate, trials ~ ' + ' ~ damping) }},
        {{ wider_rate }}
    ), 9)
{%- endmacro %}
