{#
    A value, a number and a flag in one whole number, which orders by the value, then by the lower number: so the best of
    each group are found by `largest_numbers`, which carries nothing else, and without a sort of all.
    value: whole, 0 or more; above what fits it counts as what fits. number: 0 to 16,777,215. flag: 0 to flag_count - 1.
#}
{% macro packed(value, number, flag='0', flag_count=1) -%}
    (
        least({{ value }}, {{ 9223372036854775807 // (packed_numbers() | int * flag_count) - 1 }}) * {{ packed_numbers() }}
        + {{ packed_numbers() | int - 1 }} - {{ number }}
    ) * {{ flag_count }} + {{ flag }}
{%- endmacro %}

{# The value that was packed, as a double. #}
{% macro packed_value(packed, flag_count=1) -%}
    (cast({{ packed }} - {{ packed }} % {{ packed_numbers() | int * flag_count }} as double) / {{ packed_numbers() | int * flag_count }})
{%- endmacro %}

{# The number that was packed. #}
{% macro packed_number(packed, flag_count=1) -%}
    ({{ packed_numbers() | int - 1 }} - cast(
        ({{ packed }} % {{ packed_numbers() | int * flag_count }} - {{ packed }} % {{ flag_count }}) / {{ flag_count }} as bigint
    ))
{%- endmacro %}

{# How many numbers there are to pack: 2 to the power of 24. #}
{% macro packed_numbers() -%}
    16777216
{%- endmacro %}
