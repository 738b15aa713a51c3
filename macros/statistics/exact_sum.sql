{#
    Sum of numbers that does not depend on the order of the rows: a sum of doubles differs in its last
    digits from one thread count to the next, a sum of decimals does not. Kept to 8 decimal places.
#}
{% macro exact_sum(expression) -%}
    cast(sum(cast({{ expression }} as decimal(28, 8))) as double)
{%- endmacro %}
