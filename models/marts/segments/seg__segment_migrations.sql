{#
    One row per scheme, as-of date that was run after another, and pair of segments: how many users went from the one to
    the other, staying included. Running a date again replaces its rows.
#}

with

run_date as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

run as (

    select
        run_date.as_of_date,
        max(segment_runs.as_of_date) as from_date
    from run_date
    inner join {{ ref('int_seg__segment_runs') }} as segment_runs
        on segment_runs.as_of_date < run_date.as_of_date
    group by run_date.as_of_date

),

earlier as (

    select earlier_rows.*
    from ({{ earlier_rows({
        'scheme': 'string', 'from_segment_key': 'string', 'to_segment_key': 'string', 'from_date': 'date',
        'as_of_date': 'date', 'user_count': 'bigint', 'net_revenue': 'double'
    }) }}) as earlier_rows
    left join run_date
        on earlier_rows.as_of_date = run_date.as_of_date
    where run_date.as_of_date is null

),

came_from as (

    select
        history.user_id,
        history.scheme,
        history.segment_key
    from {{ ref('seg__user_segment_history') }} as history
    inner join run
        on
            history.valid_from <= run.from_date
            and (history.valid_to is null or history.valid_to > run.from_date)

),

went_to as (

    select
        history.user_id,
        history.scheme,
        history.segment_key
    from {{ ref('seg__user_segment_history') }} as history
    inner join run
        on
            history.valid_from <= run.as_of_date
            and (history.valid_to is null or history.valid_to > run.as_of_date)

),

moves as (

    select
        coalesce(went_to.user_id, came_from.user_id) as user_id,
        coalesce(went_to.scheme, came_from.scheme) as scheme,
        came_from.segment_key as from_segment_key,
        went_to.segment_key as to_segment_key
    from came_from
    full outer join went_to
        on
            came_from.user_id = went_to.user_id
            and came_from.scheme = went_to.scheme

)

select
    scheme,
    from_segment_key,
    to_segment_key,
    from_date,
    as_of_date,
    user_count,
    net_revenue
from earlier

union all

select
    moves.scheme,
    moves.from_segment_key,
    moves.to_segment_key,
    run.from_date,
    run.as_of_date,
    cast(count(*) as bigint) as user_count,
    coalesce({{ exact_sum('users.net_revenue') }}, 0) as net_revenue
from moves
cross join run
left join {{ ref('int_seg__users_to_segment') }} as users
    on moves.user_id = users.user_id
group by moves.scheme, moves.from_segment_key, moves.to_segment_key, run.from_date, run.as_of_date
