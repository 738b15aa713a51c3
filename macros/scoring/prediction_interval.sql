{#
    How far an outcome lies from its prediction, as a share of the prediction: the score that intervals are made of. Less than
    was expected is at most 1, whatever the prediction, so that all who do nothing are inside or outside together; more is
    measured against no less than a twentieth of the mean outcome. What comes back counts as nothing. Of a probability the
    likelier outcome is always inside.
#}
{% macro interval_score(actual, prediction, mean_actual, is_probability) -%}
    round(case
        when {{ is_probability }} and ({{ prediction }} >= 0.5) = ({{ actual }} = 1) then 0.0
        when {{ actual }} < {{ prediction }} then ({{ prediction }} - greatest({{ actual }}, 0.0)) / {{ prediction }}
        else (greatest({{ actual }}, 0.0) - {{ prediction }})
            / greatest({{ prediction }}, 0.05 * {{ mean_actual }}, 0.000000001)
    end, 9)
{%- endmacro %}

{# The lower end of the interval of outcomes whose score is at most `width`. #}
{% macro interval_low(prediction, width, is_probability) -%}
    case
        when {{ width }} is null then null
        when {{ is_probability }} and {{ prediction }} < 0.5 then 0.0
        else greatest(0.0, {{ prediction }} * (1 - {{ width }}))
    end
{%- endmacro %}

{# The upper end. #}
{% macro interval_high(prediction, mean_actual, width, is_probability) -%}
    case
        when {{ width }} is null then null
        when {{ is_probability }} and {{ prediction }} >= 0.5 then 1.0
        else {{ prediction }} + {{ width }} * greatest({{ prediction }}, 0.05 * {{ mean_actual }}, 0.000000001)
    end
{%- endmacro %}

{# The condition under which a row of `int_seg__prediction_intervals` speaks of a prediction. #}
{% macro is_in_band(prediction, intervals) -%}
    (round({{ prediction }}, 9) >= {{ intervals }}.from_prediction
    and round({{ prediction }}, 9) < {{ intervals }}.until_prediction)
{%- endmacro %}

{# Whether the target of a row is a probability. #}
{% macro is_probability_target(target_name) -%}
    {%- set names = [] -%}
    {%- for target in prediction_targets() if target.kind == 'probability' -%}
        {%- do names.append("'" ~ target.name ~ "'") -%}
    {%- endfor -%}
    ({{ target_name }} in ({{ names | join(', ') }}))
{%- endmacro %}
