{#
    CTEs of `int_seg__users_to_refresh` about users who share sessions, from `changed`, `changed_users` and `own_events`:
    `reached_0`, who changed, whose sessions they continue and whose lie over an as-of date that was set or is no more, to
    `reached_<hops>`, who is as many shared sessions away.
#}
{% macro ctes_of_sessions(hops) -%}
earlier_sessions as (

    {{ earlier_rows({'user_id': 'string', 'session_id': 'string'}, 'seg__events') }}

),

summed_sessions as (

    {{ earlier_rows(
        {
            'session_id': 'string', 'first_user_id': 'string', 'last_user_id': 'string', 'session_date': 'date',
            'ended_at': 'timestamp',
        },
        'int_seg__sessions_summed'
    ) }}

),

-- Whether a bot made them is told by what comes before the date.
over_dates as (

    select summed_sessions.session_id
    from summed_sessions
    inner join changed
        on
            changed.part = 'as_of_date'
            and summed_sessions.session_date < {{ safe_cast('changed.part_key', 'date') }}
            and summed_sessions.ended_at >= {{ safe_cast('changed.part_key', 'timestamp') }}

),

-- Sessions that were several users' before.
shared_sessions as (

    select session_id
    from summed_sessions
    where first_user_id <> last_user_id

),

session_users as (

    select distinct
        user_id,
        session_id
    from earlier_sessions
    where session_id in (
        select session_id from own_events
        union all
        select session_id from over_dates
        union all
        select session_id from shared_sessions
    )

),

shared as (

    select *
    from session_users
    where session_id in (select session_id from shared_sessions)

),

reached_0 as (

    select user_id from changed_users
    union
    select user_id
    from session_users
    where session_id in (
        select session_id from own_events
        union all
        select session_id from over_dates
    )

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
