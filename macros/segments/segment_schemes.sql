{# The ways in which users are grouped. A scheme without rows in `seg__user_segments` is not built. #}
{% macro segment_schemes() %}
    {{ return(['rfm', 'lifecycle', 'value_tier', 'behaviour', 'kmeans', 'hierarchical', 'hierarchical_coarse']) }}
{% endmacro %}
