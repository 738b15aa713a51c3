{# The largest number of clusters that a build can have. #}
{% macro most_clusters() %}
    {{ return([var('seg__max_cluster_count') | int, (var('seg__cluster_count') or 1) | int, 2] | max) }}
{% endmacro %}
