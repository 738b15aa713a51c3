{# The phrases of `seg_ref__phrases` that are named, in one row. #}
{% macro phrases_in_one_row(keys) %}
    select
        {% for key in keys %}
        max(case when phrase_key = '{{ key }}' then phrase end) as {{ key }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        {{ reference_rows('phrases', 'phrase_key', ['phrase_key', 'phrase']) }}
    ) as phrases
{% endmacro %}
