{#
    A time as a timestamp in UTC: with a zone it is converted, without one taken as it is.
    An infinite time is null.
#}
{% macro utc_timestamp(expression) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'ecommerce_segmentation')(expression)) }}
{%- endmacro %}

{# A plain cast of a time with a zone would use the session's zone. #}
{% macro default__utc_timestamp(expression) -%}
    case
        when typeof({{ expression }}) = 'TIMESTAMP WITH TIME ZONE'
            then nullif(nullif(
                try_cast({{ expression }} as timestamptz) at time zone 'UTC',
                cast('infinity' as timestamp)), cast('-infinity' as timestamp))
        else nullif(nullif(
            try_cast({{ expression }} as timestamp),
            cast('infinity' as timestamp)), cast('-infinity' as timestamp))
    end
{%- endmacro %}
