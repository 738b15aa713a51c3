{#
    A cluster feature's filled and winsorized value on its own scale, with <feature>_low, <feature>_high,
    <feature>_transform and <feature>_fill in scope.
#}
{% macro cluster_transformed(feature) -%}
    {%- set filled = cluster_filled(feature) -%}
    {#- A null must stay one for the fill by the mean, and least() skips nulls. -#}
    {%- set winsorized -%}
    case
        when {{ filled }} is not null
            then least(greatest({{ filled }}, {{ feature.name }}_low), {{ feature.name }}_high)
    end
    {%- endset -%}
    {{ cluster_on_own_scale(feature, '(' ~ winsorized ~ ')') }}
{%- endmacro %}

{# A value of a cluster feature's unit on the feature's own scale, with <feature>_transform in scope. #}
{% macro cluster_on_own_scale(feature, value) -%}
    case
        when {{ feature.name }}_transform = 'log' then {{ signed_log(value) }}
        else {{ value }}
    end
{%- endmacro %}

{# A cluster feature's value where an unknown one counts as zero, with <feature>_fill in scope. #}
{% macro cluster_filled(feature) -%}
    case
        when {{ feature.name }} is null and {{ feature.name }}_fill = 'zero' then 0 else {{ feature.name }}
    end
{%- endmacro %}
