{# The list lengths that recommendations are measured at, the shortest first. #}
{% macro recommendation_cutoffs() %}
    {{ return([5, 10, 20]) }}
{% endmacro %}
