{#
    One row per scheme, as-of date that was run after another, and pair of segments: how many users went from the one to
    the other, staying included. Between segments as they were published, so that no row tells of too few. Running a date
    again replaces its rows.
#}

{% set columns = {
    'scheme': 'string', 'from_segment_key': 'string', 'to_segment_key': 'string', 'from_date': 'date',
    'as_of_date': 'date', 'user_count': 'bigint', 'net_revenue': 'double'
} %}

with

run_date as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

run as (

    select
        run_date.as_of_date,
        max(publications.as_of_date) as from_date
    from run_date
    inner join {{ ref('int_seg__publications') }} as publications
        on publications.as_of_date < run_date.as_of_date
    group by run_date.as_of_date

),

earlier as (

    select earlier_rows.*
    from ({{ earlier_rows(columns) }}) as earlier_rows
    {# A date before which nothing is known any more keeps what it told. #}
    left join run
        on earlier_rows.as_of_date = run.as_of_date
    where run.as_of_date is null

),

published as (

    select
        wanted.*,
        users.net_revenue,
        {% for scheme in segment_schemes() %}
        publications.{{ scheme }}_key{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__segments_wanted') }} as wanted
    inner join {{ ref('int_seg__publications') }} as publications
        on
            wanted.user_id = publications.user_id
            and wanted.as_of_date = publications.as_of_date
    inner join {{ ref('int_seg__users_to_segment') }} as users
        on wanted.user_id = users.user_id

),

{# Those who are gone and those who have to wait, together: one would tell of the other. #}
left_over as (

    select
        flows.*,
        coalesce(published_flows.waiting_count, flows.user_count) as left_count
    from {{ ref('int_seg__segment_flows') }} as flows
    left join {{ ref('ml_seg__published_flows') }} as published_flows
        on flows.combination_id = published_flows.combination_id

),

moves as (

    {% for scheme in segment_schemes() %}
    select
        '{{ scheme }}' as scheme,
        {{ scheme }}_from as from_segment_key,
        {{ scheme }}_key as to_segment_key,
        count(*) as user_count,
        {{ exact_sum('net_revenue') }} as net_revenue
    from published
    where {{ scheme }}_key is not null
    group by {{ scheme }}_from, {{ scheme }}_key

    union all

    select
        '{{ scheme }}' as scheme,
        {{ scheme }}_from as from_segment_key,
        cast(null as string) as to_segment_key,
        sum(left_count) as user_count,
        cast(0 as double) as net_revenue
    from left_over
    where {{ scheme }}_from is not null
    group by {{ scheme }}_from
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    {{ columns | join(', ') }}
from earlier

union all

select
    cast(moves.scheme as string) as scheme,
    moves.from_segment_key,
    moves.to_segment_key,
    run.from_date,
    run.as_of_date,
    cast(moves.user_count as bigint) as user_count,
    coalesce(moves.net_revenue, 0) as net_revenue
from moves
cross join run
where moves.user_count >= greatest({{ var('seg__minimum_group_size') }}, 1)
