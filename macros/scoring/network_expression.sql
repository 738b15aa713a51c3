{#
    SQL of a network with one hidden layer of tanh units, layer by layer. rows: dicts with layer (hidden, output),
    unit_number, feature_name (null: a bias of the hidden layer, any weight of the output layer) and weight.
#}
{% macro network_expression(rows) -%}
    {%- set hidden = {} -%}
    {%- for row in rows if row.layer == 'hidden' -%}
        {%- do hidden.setdefault(row.unit_number, []).append(row) -%}
    {%- endfor -%}
    (
    {%- for row in rows if row.layer == 'output' %}
    {{ '+ ' if not loop.first }}{{ double_literal(row.weight) }}
        {%- if row.unit_number > 0 %} * tanh(
            {%- for term in hidden[row.unit_number] -%}
            {{ ' + ' if not loop.first }}{{ double_literal(term.weight) }}{{ ' * scaled.' ~ term.feature_name if term.feature_name is not none }}
            {%- endfor -%}
        )
        {%- endif %}
    {%- endfor %})
{%- endmacro %}
