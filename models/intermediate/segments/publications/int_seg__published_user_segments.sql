{#
    One row per user and scheme: the segment under which the user counts in tables that speak of groups. Whatever counts
    or sums users by segment reads from here, so that the same groups are published everywhere: none is smaller than
    `seg__minimum_group_size`, nor is what one leaves of another or one run of the next. Users who have to wait
    for that are not in it.
#}

with

run as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

published as (

    {% for scheme in segment_schemes() %}
    select
        user_id,
        as_of_date,
        '{{ scheme }}' as scheme,
        {{ scheme }}_key as segment_key
    from {{ ref('int_seg__publications') }}
    where {{ scheme }}_key is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    published.user_id,
    published.as_of_date,
    cast(published.scheme as string) as scheme,
    published.segment_key,
    names.segment_name
from published
inner join run
    on published.as_of_date = run.as_of_date
inner join {{ ref('int_seg__segment_names') }} as names
    on
        published.scheme = names.scheme
        and published.segment_key = names.segment_key
