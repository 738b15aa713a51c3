{#
    A select of the ids of the audience that `seg__lookalike_audience` names, each resolved to its user, once; no row
    where none is named. Whether the package knows them is for the reader to see.
    The relation may be made of the package's own marts, so it cannot be checked with the inputs, which come before them.
#}
{% macro lookalike_audience() %}
    {% set audience = var('seg__lookalike_audience', none) %}
    {% if audience %}
        {% if execute and flags.WHICH in ['build', 'run'] %}
            {% set problems = relation_problems(
                'seg__lookalike_audience', audience, [['user_id', 'id', true]], relation_column_types(audience)
            ) %}
            {% do raise_problems(problems) %}
        {% endif %}
    select distinct coalesce(aliases.user_id, audience.user_id) as user_id
    from (select cast(user_id as string) as user_id from {{ audience }} as source_rows) as audience
    left join {{ ref('int_seg__user_aliases') }} as aliases
        on audience.user_id = aliases.source_user_id
    where not {{ missing_text('audience.user_id') }}
    {% else %}
    select user_id
    from {{ ref('int_seg__user_aliases') }}
    where false
    {% endif %}
{% endmacro %}
