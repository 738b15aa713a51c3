{#
    One row per scheme, outcome and shuffle: how much of the outcome the groups explain when they are dealt out among the
    users at random, relative to what chance gives on average, (groups - 1) / (users - 1). On at most 5,000 users: the
    ratio hardly depends on how many there are. A shuffle orders the users by md5 and gives each the group of the user who
    stands in that place by id, so groups keep their sizes.
#}

{% set most_users = 5000 %}
{% set shuffle_count = 100 %}
{% set seed = var('seg__random_seed') %}

with

sampled as (

    select user_id
    from (select distinct user_id from {{ ref('int_seg__past_user_outcomes') }}) as users
    order by {{ md5_bucket("user_id || '-" ~ seed ~ "'", 2147483648) }}, user_id
    limit {{ most_users }}

),

outcomes as (

    select
        outcomes.user_id,
        outcomes.outcome_name,
        outcomes.deviation,
        row_number() over (partition by outcomes.outcome_name order by outcomes.user_id) as place
    from {{ ref('int_seg__past_user_outcomes') }} as outcomes
    inner join sampled
        on outcomes.user_id = sampled.user_id

),

shuffles as (

    {% for number in range(1, shuffle_count + 1) %}
    select {{ number }} as shuffle_number
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

shuffled as (

    select
        shuffles.shuffle_number,
        outcomes.outcome_name,
        outcomes.deviation,
        row_number() over (
            partition by shuffles.shuffle_number, outcomes.outcome_name
            order by
                {{ md5_bucket("outcomes.user_id || '-' || cast(shuffles.shuffle_number as string) || '-" ~ seed ~ "'", 2147483648) }},
                outcomes.user_id
        ) as place
    from outcomes
    cross join shuffles

),

places as (

    select
        segments.scheme,
        outcomes.outcome_name,
        outcomes.place,
        outcome_groups.group_key
    from outcomes
    inner join {{ ref('int_seg__past_user_segments') }} as segments
        on outcomes.user_id = segments.user_id
    inner join {{ ref('int_seg__segment_outcome_groups') }} as outcome_groups
        on
            segments.scheme = outcome_groups.scheme
            and segments.segment_key = outcome_groups.segment_key
            and outcomes.outcome_name = outcome_groups.outcome_name

),

group_sums as (

    select
        places.scheme,
        places.outcome_name,
        shuffled.shuffle_number,
        places.group_key,
        count(*) as user_count,
        {{ exact_sum('shuffled.deviation') }} as deviation_sum,
        {{ exact_sum('shuffled.deviation * shuffled.deviation') }} as square_sum
    from shuffled
    inner join places
        on
            shuffled.outcome_name = places.outcome_name
            and shuffled.place = places.place
    group by places.scheme, places.outcome_name, shuffled.shuffle_number, places.group_key

),

explained as (

    {{ variance_explained('group_sums', ['scheme', 'outcome_name', 'shuffle_number']) }}

)

select
    scheme,
    outcome_name,
    shuffle_number,
    {# Rounded: what is equal must compare as equal. #}
    round({{ ratio('eta_squared', 'eta_squared_by_chance') }}, 9) as ratio_to_chance
from explained
