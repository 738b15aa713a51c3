{# Quantile of a metric over the replicates in which users were drawn again, without replicate 0, the users as they are. #}
{% macro replicate_quantile(metric, quantile) -%}
    percentile_cont({{ quantile }}) within group (order by case when replicate_number > 0 then {{ metric }} end)
{%- endmacro %}
