{#
    The levels that experiments are judged by: `alpha` (two-sided), `z` the normal quantile of 1 - alpha / 2, `power_z`
    that of 80 % power.
#}
{% macro significance() %}
    {{ return({'alpha': 0.05, 'z': 1.959963984540054, 'power_z': 0.8416212335729143}) }}
{% endmacro %}
