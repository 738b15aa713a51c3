{# Half the length of an interval before its ends are cut off: the spread of counts and amounts grows with their size. #}
{% macro interval_half_width(prediction, mean_actual, width) -%}
    ({{ width }} * sqrt(greatest({{ prediction }}, 0.0) + 0.05 * greatest({{ mean_actual }}, 0.000001)))
{%- endmacro %}
