{#
    SQL of a linear model: intercept + sum of coefficient x feature. rows: dicts with feature_name (`intercept` once) and
    coefficient; those that a fit set to 0 are left out.
#}
{% macro linear_expression(rows) -%}
    (0.0e0
    {%- for row in rows if row.coefficient != 0 %}
    + {{ double_literal(row.coefficient) }}{{ ' * scaled.' ~ row.feature_name if row.feature_name != 'intercept' }}
    {%- endfor %})
{%- endmacro %}
