{# A cluster feature's winsorized value on its own scale, with the bounds in <feature>_low and <feature>_high. #}
{% macro transformed(feature) -%}
    {%- set filled = {
        'zero': 'coalesce(' ~ feature.name ~ ', 0)',
        'high': 'coalesce(' ~ feature.name ~ ', ' ~ feature.name ~ '_high)',
    }.get(feature.fill, feature.name) -%}
    {#- A null must stay one for the fill by the mean, and least() skips nulls. -#}
    {%- set winsorized -%}
    case
        when {{ filled }} is not null
            then least(greatest({{ filled }}, {{ feature.name }}_low), {{ feature.name }}_high)
    end
    {%- endset -%}
    {{ signed_log('(' ~ winsorized ~ ')') if feature.transform == 'log' else winsorized }}
{%- endmacro %}
