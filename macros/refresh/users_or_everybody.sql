{#
    A select of the rows of a model of users, or of one row without a user where a part of these fingerprints is not what the
    last run left: then everybody is made anew.
    parts: what the fingerprints say is their part.
#}
{% macro users_or_everybody(users, fingerprints, parts) %}
    {% if not refreshes_some_users(users) %}
    select
        user_id,
        reason
    from {{ ref(users) }}
    where user_id is null
    {% else %}
    with

    why_everybody as (

        select min(coalesce(found.part, refreshed.part)) as reason
        from (
            {{ fingerprints }}
        ) as found
        full outer join (
            select *
            from ({{ earlier_rows(fingerprint_columns(), 'int_seg__refreshed_fingerprints') }}) as earlier
            where part in ('{{ parts | join("', '") }}')
        ) as refreshed
            on
                found.part = refreshed.part
                and found.part_key = refreshed.part_key
        where found.fingerprint is distinct from refreshed.fingerprint

    )

    select
        cast(null as string) as user_id,
        reason
    from why_everybody
    where reason is not null

    union all

    select
        users.user_id,
        users.reason
    from {{ ref(users) }} as users
    cross join why_everybody
    where why_everybody.reason is null
    {% endif %}
{% endmacro %}
