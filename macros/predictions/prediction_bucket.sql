{#
    0-4: the fifth of the calibration rows in which a prediction falls, by the thresholds of
    `int_seg__prediction_intervals`. 0 where there are none, because the calibration rows are few.
#}
{% macro prediction_bucket(prediction, thresholds) -%}
    (
        {%- for fifth in range(1, 5) %}
        case when {{ prediction }} > {{ thresholds }}.threshold_{{ fifth }} then 1 else 0 end
        {%- if not loop.last %} + {% endif %}
        {%- endfor %}
    )
{%- endmacro %}
