{#
    CTEs of `int_seg__users_to_refresh` about users who share sessions, from `changed_users` and `own_events`: `reached_0`, who
    changed and whose sessions they continue, to `reached_<hops>`, who is as many shared sessions away.
#}
{% macro ctes_of_sessions(hops) -%}
earlier_sessions as (

    {{ earlier_rows({'user_id': 'string', 'session_id': 'string'}, 'seg__events') }}

),

continued as (

    select distinct user_id
    from earlier_sessions
    where session_id in (select session_id from own_events)

),

-- Sessions that were several users' before, and those users.
shared as (

    select distinct
        user_id,
        session_id
    from earlier_sessions
    where session_id in (
        select session_id
        from (
            {{ earlier_rows(
                {'session_id': 'string', 'first_user_id': 'string', 'last_user_id': 'string'}, 'int_seg__sessions_summed'
            ) }}
        ) as sessions
        where first_user_id <> last_user_id
    )

),

reached_0 as (

    select user_id from changed_users
    union
    select user_id from continued

),

{% for hop in range(1, hops + 1) %}
reached_{{ hop }} as (

    select user_id from reached_{{ hop - 1 }}

    union

    select shared.user_id
    from shared
    where shared.session_id in (
        select own.session_id
        from shared as own
        inner join reached_{{ hop - 1 }} as reached
            on own.user_id = reached.user_id
    )

),

{% endfor %}
{%- endmacro %}
