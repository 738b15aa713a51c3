{# One end of Wilson's score interval of a share among `count`, quantile z: `side` is -1 or 1 (Wilson 1927). #}
{% macro wilson_bound(share, count, z, side) -%}
    (
        (
            {{ share }} + {{ z }} * {{ z }} / (2 * {{ count }})
            + {{ side }} * {{ z }} * sqrt(
                greatest({{ share }} * (1 - {{ share }}), 0) / {{ count }}
                + {{ z }} * {{ z }} / (4.0 * {{ count }} * {{ count }})
            )
        ) / (1 + {{ z }} * {{ z }} / {{ count }})
    )
{%- endmacro %}
