{# Half the length of an interval before its ends are cut off: a share of the prediction, and more than nothing at 0. #}
{% macro interval_half_width(prediction, mean_actual, width) -%}
    ({{ width }} * (greatest({{ prediction }}, 0.0) + 0.05 * greatest({{ mean_actual }}, 0.000001)))
{%- endmacro %}

{# The condition under which a row of `int_seg__prediction_intervals` speaks of a prediction. #}
{% macro is_in_band(prediction, intervals) -%}
    (round({{ prediction }}, 9) >= {{ intervals }}.from_prediction
    and round({{ prediction }}, 9) < {{ intervals }}.until_prediction)
{%- endmacro %}
