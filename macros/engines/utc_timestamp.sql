{#
    A time as a timestamp in UTC: with a zone it is converted, without one taken as it is.
    An infinite time is null; with `finite=false` it stays, and a timestamp is a plain column that the engine can filter by.
#}
{% macro utc_timestamp(expression, finite=true) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'ecommerce_segmentation')(expression, finite)) }}
{%- endmacro %}

{# A plain cast of a time with a zone would use the session's zone. #}
{% macro default__utc_timestamp(expression, finite) -%}
    {%- set utc -%}
    case
        when typeof({{ expression }}) = 'TIMESTAMP WITH TIME ZONE'
            then try_cast({{ expression }} as timestamptz) at time zone 'UTC'
        else try_cast({{ expression }} as timestamp)
    end
    {%- endset -%}
    {%- if finite -%}
    nullif(nullif({{ utc }}, cast('infinity' as timestamp)), cast('-infinity' as timestamp))
    {%- else -%}
    {{ utc }}
    {%- endif -%}
{%- endmacro %}
