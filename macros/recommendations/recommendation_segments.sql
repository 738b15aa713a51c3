{#
    A select of one row per user and as-of date: the group by one of the schemes that can be told of any date, without a
    fit. users: a select of `seg__user_features`. Whoever has no favourite category, or brand, is in no group of it.
#}
{% macro recommendation_segments(scheme, users) %}
    {% if scheme in ('favourite_category', 'favourite_brand') %}
    select
        user_id,
        as_of_date,
        cast({{ scheme }} as string) as segment_key
    from ({{ users }}) as users
    {% elif scheme == 'lifecycle' %}
    {{ lifecycle_stages(users) }}
    {% elif scheme == 'value_tier' %}
    {{ value_tier_memberships(users) }}
    {% elif scheme == 'behaviour' %}
    {{ behaviour_memberships(users) }}
    {% else %}
    {{ exceptions.raise_compiler_error(
        "The var seg__recommendation_scheme is '" ~ scheme
        ~ "'; it can be favourite_category, favourite_brand, lifecycle, value_tier or behaviour."
    ) }}
    {% endif %}
{% endmacro %}
