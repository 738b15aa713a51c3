{#
    One end of the interval of a ratio of two independent means (Fieller 1954), quantile z: `side` is -1 or 1. Null where
    the denominator is not told apart from zero: the ratio has no bounded interval then.
#}
{% macro fieller_bound(mean, variance_of_mean, base_mean, variance_of_base_mean, z, side) -%}
    {%- set g = '(' ~ z ~ ' * ' ~ z ~ ' * ' ~ variance_of_base_mean ~ ' / (' ~ base_mean ~ ' * ' ~ base_mean ~ '))' -%}
    {%- set ratio = '(' ~ mean ~ ' / ' ~ base_mean ~ ')' -%}
    (case
        when {{ base_mean }} <> 0 and {{ g }} < 1 then (
            {{ ratio }} + {{ side }} * {{ z }} / abs({{ base_mean }}) * sqrt(
                {{ variance_of_mean }} * (1 - {{ g }}) + {{ ratio }} * {{ ratio }} * {{ variance_of_base_mean }}
            )
        ) / (1 - {{ g }})
    end)
{%- endmacro %}
