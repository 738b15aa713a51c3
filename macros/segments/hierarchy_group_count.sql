{# The largest number of groups that a cut through the tree of micro-clusters has: three coarse ones and a further one at least. #}
{% macro hierarchy_group_count() %}
    {{ return([var('seg__max_hierarchy_group_count') | int, 4] | max) }}
{% endmacro %}
