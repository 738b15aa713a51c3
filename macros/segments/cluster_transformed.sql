{# A cluster feature's winsorized value on its own scale, with the bounds in <feature>_low and <feature>_high. #}
{% macro cluster_transformed(feature) -%}
    {%- set filled = 'coalesce(' ~ feature.name ~ ', 0)' if feature.fill == 'zero' else feature.name -%}
    {#- A null must stay one for the fill by the mean, and least() skips nulls. -#}
    {%- set winsorized -%}
    case
        when {{ filled }} is not null
            then least(greatest({{ filled }}, {{ feature.name }}_low), {{ feature.name }}_high)
    end
    {%- endset -%}
    {{ signed_log('(' ~ winsorized ~ ')') if feature.transform == 'log' else winsorized }}
{%- endmacro %}
