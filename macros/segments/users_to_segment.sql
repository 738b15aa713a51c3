{#
    A select of one row per user: what segments are made and described by, in the features' own units. content: the
    relation of what users deal with and write; without it that is unknown.
#}
{% macro users_to_segment(users, content=none) %}
    select
        users.user_id,
        users.as_of_date,
        users.days_since_last_seen is not null as has_been_seen,
        {% for feature in segment_features() %}
        cast({{ feature.sql if content or not feature.modality else 'null' }} as double) as {{ feature.name }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from ({{ users }}) as users
    {% if content %}
    left join {{ content }} as user_content
        on users.user_id = user_content.user_id
    {% endif %}
{% endmacro %}
