{#
    SQL of a linear model: intercept + sum of coefficient x feature. rows: dicts with feature_name (`intercept` once) and
    coefficient.
#}
{% macro linear_expression(rows) -%}
    (0.0e0
    {%- for row in rows %}
    + {{ double_literal(row.coefficient) }}{{ ' * scaled.' ~ row.feature_name if row.feature_name != 'intercept' }}
    {%- endfor %})
{%- endmacro %}
