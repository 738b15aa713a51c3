{#
    The rows of a reference seed, with the shop's own rows in front: the var of the seed's name (or none)
    names a relation with the same columns, whose rows replace those with the same key.
#}
{% macro reference_rows(name, key, columns) %}
    {% set own = var('seg__' ~ name, none) %}
    select
        {{ columns | join(', ') }}
    from {{ ref('seg_ref__' ~ name) }}
    {% if own %}
    where {{ key }} not in (select {{ key }} from {{ own }} as own_rows where {{ key }} is not null)

    union all

    select
        {{ columns | join(', ') }}
    from {{ own }} as own_rows
    {% endif %}
{% endmacro %}
