{#
    One row per user, scheme and stretch of time in one segment. What a run says holds from its as-of date up to the next
    date that was run, so a date that is run again, or later than its successor, replaces just that stretch.
    Users who were erased since are taken out of the past as well; one who is gone, or known under another id by now,
    has no open row.
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
        min(segment_runs.as_of_date) as next_date
    from run_date
    left join {{ ref('int_seg__segment_runs') }} as segment_runs
        on run_date.as_of_date < segment_runs.as_of_date
    group by run_date.as_of_date

),

earlier as (

    select
        earlier_rows.*,
        run.as_of_date,
        run.next_date
    from ({{ earlier_rows({
        'user_id': 'string', 'scheme': 'string', 'segment_key': 'string', 'valid_from': 'date', 'valid_to': 'date'
    }) }}) as earlier_rows
    left join run
        on true
    where earlier_rows.user_id not in (select erased.user_id from {{ ref('int_seg__erased_users') }} as erased)

),

stretches as (

    select
        user_id,
        scheme,
        segment_key,
        valid_from,
        case when valid_to <= as_of_date or as_of_date is null then valid_to else as_of_date end as valid_to
    from earlier
    where valid_from < as_of_date or as_of_date is null

    union all

    select
        user_id,
        scheme,
        segment_key,
        case when valid_from > next_date then valid_from else next_date end as valid_from,
        valid_to
    from earlier
    where valid_to > next_date or (valid_to is null and next_date is not null)

    union all

    select
        user_segments.user_id,
        user_segments.scheme,
        user_segments.segment_key,
        run.as_of_date as valid_from,
        run.next_date as valid_to
    from {{ ref('seg__user_segments') }} as user_segments
    cross join run

),

compared as (

    select
        *,
        case
            when
                lag(segment_key) over (partition by user_id, scheme order by valid_from) = segment_key
                and lag(valid_to) over (partition by user_id, scheme order by valid_from) = valid_from
                then 0
            else 1
        end as is_change
    from stretches

),

numbered as (

    select
        *,
        sum(is_change) over (
            partition by user_id, scheme order by valid_from
            rows between unbounded preceding and current row
        ) as stretch_number
    from compared

)

select
    user_id,
    scheme,
    segment_key,
    min(valid_from) as valid_from,
    {# An open stretch stays open when it is joined with those before. #}
    case when count(valid_to) = count(*) then max(valid_to) end as valid_to
from numbered
group by user_id, scheme, segment_key, stretch_number
