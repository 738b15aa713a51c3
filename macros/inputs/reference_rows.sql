{#
    The rows of a reference seed, with the shop's own rows in front: the var of the seed's name (or none)
    names a relation with the same columns, whose rows replace those with the same key; one without them stops the build.
#}
{% macro reference_rows(name, key, columns) %}
    {% set own = var('seg__' ~ name, none) %}
    {% if own and execute %}
        {% do raise_problems(rule_problems(name, own, columns)) %}
    {% endif %}
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

{# What is wrong with the relation that stands in for rows of a seed, in words. #}
{% macro rule_problems(name, own, columns) %}
    {% set problems = [] %}
    {% set where = 'seg__' ~ name ~ ' (' ~ (own | string).replace('"', '') ~ '): ' %}
    {% set found = relation_column_types(own) %}
    {% if found is none %}
        {% do problems.append(where ~ 'the relation does not exist') %}
    {% endif %}
    {% for column in columns if found is not none and column not in found %}
        {% do problems.append(where ~ 'column ' ~ column ~ ' is missing; the columns are those of the seed seg_ref__' ~ name) %}
    {% endfor %}
    {{ return(problems) }}
{% endmacro %}
