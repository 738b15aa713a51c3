{#
    A model's sum on the scale of the outcome. exp() overflows beyond 709; a probability is 0 or 1 to 17 digits, and an
    amount beyond any shop's, long before 40.
#}
{% macro linked(expression, link) -%}
    {%- if link == 'logistic' -%}
        (1 / (1 + exp(-greatest(-40.0, least(40.0, {{ expression }})))))
    {%- elif link == 'exponential' -%}
        exp(least(40.0, {{ expression }}))
    {%- else -%}
        {{ expression }}
    {%- endif -%}
{%- endmacro %}
