{#
    The relation that an input is read from, or none: what the shop's var names; the demo store in a
    clone where no input is named at all, so that invented rows never mix with a shop's.
#}
{% macro input_relation(input_name) %}
    {% set given = var('seg__' ~ input_name, none) %}
    {% if given %}
        {{ return(given) }}
    {% elif target.profile_name == 'seg' and not is_any_input_given() %}
        {{ return(ref('seg_demo__' ~ input_name)) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{% macro is_any_input_given() %}
    {% set given = namespace(any=false) %}
    {% for input_name in input_contract(none) %}
        {% if var('seg__' ~ input_name, none) %}
            {% set given.any = true %}
        {% endif %}
    {% endfor %}
    {{ return(given.any) }}
{% endmacro %}
