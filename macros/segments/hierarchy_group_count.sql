{# The largest number of groups that a cut through the tree of micro-clusters has, as in `ml_seg__hierarchy_fits.py`. #}
{% macro hierarchy_group_count() %}
    {{ return(12) }}
{% endmacro %}
