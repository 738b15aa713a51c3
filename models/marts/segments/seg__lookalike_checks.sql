{#
    One row where an audience is named: how many of a held-back fifth are among the first as many users that the
    others lead to, beside what picking at random would find.
#}

with

named as (

    select
        count(*) as named_count,
        count(users.user_id) as known_count
    from ({{ lookalike_audience() }}) as audience
    left join {{ ref('int_seg__users_to_segment') }} as users
        on audience.user_id = users.user_id

),

audience as (

    select
        count(*) as audience_user_count,
        coalesce(sum(case when has_been_seen then 0 else 1 end), 0) as never_seen_count,
        coalesce(sum(case when has_been_seen and is_held_back then 1 else 0 end), 0) as held_back_count
    from {{ ref('int_seg__lookalike_audience') }}

),

ranked as (

    select
        is_held_back,
        row_number() over (order by distance, user_id) as distance_rank
    from {{ ref('int_seg__lookalike_distances') }}
    where purpose = 'check'

),

recovered as (

    select
        count(*) as candidate_count,
        sum(case
            when ranked.is_held_back and ranked.distance_rank <= audience.held_back_count then 1
            else 0
        end) as recovered_count
    from ranked
    cross join audience

),

measured as (

    select
        as_of_dates.as_of_date,
        audience.audience_user_count,
        named.named_count - named.known_count as unknown_count,
        audience.never_seen_count,
        audience.held_back_count,
        recovered.candidate_count,
        recovered.recovered_count,
        {{ ratio('recovered.recovered_count', 'audience.held_back_count') }} as recall,
        case
            when audience.held_back_count > 0
                then {{ ratio('audience.held_back_count', 'recovered.candidate_count') }}
        end as expected_recall_at_random
    from {{ ref('int_seg__as_of_dates') }} as as_of_dates
    cross join named
    cross join audience
    cross join recovered
    where as_of_dates.split = 'scoring' and {{ 'true' if var('seg__lookalike_audience') else 'false' }}

)

select
    as_of_date,
    cast(audience_user_count as bigint) as audience_user_count,
    cast(unknown_count as bigint) as unknown_count,
    cast(never_seen_count as bigint) as never_seen_count,
    cast(held_back_count as bigint) as held_back_count,
    cast(candidate_count as bigint) as candidate_count,
    cast(recovered_count as bigint) as recovered_count,
    recall,
    expected_recall_at_random,
    {{ ratio('recall', 'expected_recall_at_random') }} as lift
from measured
