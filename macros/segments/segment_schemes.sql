{# The ways in which users are grouped. A scheme without rows in `seg__user_segments` is not built. #}
{% macro segment_schemes() %}
    {{ return(['rfm', 'lifecycle', 'value_tier', 'behaviour'] + fitted_schemes()) }}
{% endmacro %}

{# Those whose segments a fit makes. #}
{% macro fitted_schemes() %}
    {{ return(['kmeans', 'hierarchical', 'hierarchical_coarse']) }}
{% endmacro %}
