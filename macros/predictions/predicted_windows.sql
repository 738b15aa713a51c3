{#
    The rows of `int_seg__outcome_windows` that the run predicts from, in brackets, and as of which date their lifetime models were
    fitted: all windows or, in a realtime run, the scoring date alone, with the fits of the last whole build and the length of the
    windows that these learnt on.
#}
{% macro predicted_windows() -%}
    (
        select
            windows.horizon_days,
            windows.as_of_date,
            windows.split,
            {% if is_realtime_run() %}
            fitted.window_days,
            fitted.as_of_date as fitted_as_of_date
            {% else %}
            windows.window_days,
            windows.as_of_date as fitted_as_of_date
            {% endif %}
        from {{ ref('int_seg__outcome_windows') }} as windows
        {% if is_realtime_run() %}
        inner join (
            select distinct
                horizon_days,
                window_days,
                as_of_date
            from {{ upstream('seg__model_choices') }}
        ) as fitted
            on windows.horizon_days = fitted.horizon_days
        where windows.split = 'scoring'
        {% endif %}
    )
{%- endmacro %}
