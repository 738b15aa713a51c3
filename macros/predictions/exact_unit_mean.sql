{#
    Mean of numbers between -1 and 1 that does not depend on the order of the rows. Kept to 18 decimal places;
    amounts are divided by their largest absolute value first, so that no sum of squares can overflow.
#}
{% macro exact_unit_mean(expression) -%}
    (cast(sum(cast({{ expression }} as decimal(38, 18))) as double) / count({{ expression }}))
{%- endmacro %}
