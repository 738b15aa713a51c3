{#
    SQL of a tree ensemble: the sum, over its trees, of the value of the leaf that a row reaches. rows: dicts with
    tree_number, node_number, feature_name (null: a leaf), threshold, left_node_number, right_node_number and node_value.
    is_single_precision: scikit-learn's forests compare in float32.
#}
{% macro tree_expression(rows, is_single_precision) -%}
    {%- set trees = {} -%}
    {%- for row in rows -%}
        {%- do trees.setdefault(row.tree_number, {}).update({row.node_number: row}) -%}
    {%- endfor -%}
    (
    {%- for tree_number, nodes in trees.items() %}
    {{ '+ ' if not loop.first }}{{ tree_node_expression(nodes, 0, is_single_precision) }}
    {%- endfor %})
{%- endmacro %}

{# SQL of one node and all below it. #}
{% macro tree_node_expression(nodes, node_number, is_single_precision) -%}
    {%- set node = nodes[node_number] -%}
    {%- if node.feature_name is none -%}
        {{ double_literal(node.node_value) }}
    {%- else -%}
        case when {{ 'cast(scaled.' ~ node.feature_name ~ ' as float)' if is_single_precision else 'scaled.' ~ node.feature_name }} <= {{ double_literal(node.threshold) }} then {{ tree_node_expression(nodes, node.left_node_number, is_single_precision) }} else {{ tree_node_expression(nodes, node.right_node_number, is_single_precision) }} end
    {%- endif -%}
{%- endmacro %}
