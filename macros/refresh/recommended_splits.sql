{# The dates that recommendations are made of, as splits of `int_seg__as_of_dates`: in a realtime run the scoring date alone. #}
{% macro recommended_splits() -%}
    ('scoring'{{ ", 'test', 'validation'" if not is_realtime_run() }})
{%- endmacro %}
