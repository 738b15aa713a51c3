{# What a variant that is a control may be called, in lower case, as a list for `in`. #}
{% macro control_names() %}
    {%- set names = [] -%}
    {%- for name in var('seg__experiment_control_names') -%}
        {%- do names.append("'" ~ name | lower | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    {{ return(names | join(', ') or "''") }}
{% endmacro %}
