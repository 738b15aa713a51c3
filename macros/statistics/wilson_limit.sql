{#
    The lower or upper end of the 95 % interval of a share of successes (Wilson 1927): inside 0-1, and sensible with no
    success and with few trials. Null without trials. More successes than trials count as all.
#}
{% macro wilson_limit(successes, trials, side) -%}
    {%- set count = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set share = 'least(cast(' ~ successes ~ ' as double) / ' ~ count ~ ', 1.0)' -%}
    case
        when {{ trials }} > 0
            then greatest(0.0, least(1.0, {{ wilson_bound(
                share, count, significance()['z'], -1 if side == 'low' else 1
            ) }}))
    end
{%- endmacro %}
