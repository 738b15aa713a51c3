{#
    Holm's adjusted p-value within a family, from the p-value and its rank and number of p-values in the family; `family`
    and `rank` are SQL lists of columns. It holds whatever the dependence between metrics.
#}
{% macro holm_adjusted(p_value, family, rank, count) -%}
    least(1.0, max({{ p_value }} * ({{ count }} - {{ rank }} + 1)) over (
        partition by {{ family }} order by {{ rank }} rows between unbounded preceding and current row
    ))
{%- endmacro %}
