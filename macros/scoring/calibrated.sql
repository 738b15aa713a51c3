{# A probability after its log odds are stretched by a slope and shifted; as it is where there is no calibration. #}
{% macro calibrated(probability, intercept, slope) -%}
    {%- set kept = 'greatest(0.0001, least(0.9999, ' ~ probability ~ '))' -%}
    case
        when {{ slope }} is null then {{ probability }}
        else 1 / (1 + exp(-({{ intercept }} + {{ slope }} * ln({{ kept }} / (1 - {{ kept }})))))
    end
{%- endmacro %}
