{#
    One row per user: of every scheme the segment that the user is in today (wanted), the one under which the user was
    published last on this date or before (last), and the one of the last date before (from). Null where there is
    none, or none of a fit that still stands.
    The sums are as they were then: a realtime run makes the features anew, but not the tables of groups.
#}

with

wanted as (

    select
        user_id,
        as_of_date,
        {% for scheme in segment_schemes() %}
        max(case when scheme = '{{ scheme }}' then segment_key end) as {{ scheme }}_wanted{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('seg__user_segments') }}
    group by user_id, as_of_date

),

compared as (

    select
        wanted.*,
        users.net_revenue,
        users.session_count,
        {% for scheme in segment_schemes() %}
        published.{{ scheme }}_last,
        published.{{ scheme }}_from{{ ',' if not loop.last }}
        {% endfor %}
    from wanted
    left join ({{ published_before() }}) as published
        on wanted.user_id = published.user_id
    left join {{ ref('int_seg__users_to_segment') }} as users
        on wanted.user_id = users.user_id

)

select
    user_id,
    as_of_date,
    net_revenue,
    session_count,
    {{ segment_combination() }} as combination_id,
    {{ segment_combination_columns() | join(',\n    ') }}
from compared
