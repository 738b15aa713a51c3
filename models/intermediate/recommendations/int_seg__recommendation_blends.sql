{#
    One row per blend and whether repeats are allowed: how well its lists did in the validation period, and whether it
    is the one in use. Where there is no such period the default blend is.
#}

with

blends as (

    {{ reference_rows('recommendation_blends', 'blend_name', [
        'blend_name', 'own_weight', 'browse_weight', 'similar_weight', 'popular_weight', 'popularity_exponent',
        'is_default',
    ]) }}

),

modes as (

    select true as repeats_allowed
    union all
    select false as repeats_allowed

),

hits as (

    select * from {{ ref('int_seg__recommendation_hits') }}
    where split = 'validation'

),

target_counts as (

    select * from {{ ref('int_seg__recommendation_targets_counted') }}
    where split = 'validation'

),

ranked as (

    select
        blends.blend_name,
        target_counts.repeats_allowed,
        target_counts.target_count,
        hits.user_number,
        hits.is_hit,
        row_number() over (
            partition by blends.blend_name, target_counts.repeats_allowed, hits.user_number
            order by {{ blend_score('hits', 'blends') }} desc, hits.popularity_rank
        ) as recommendation_rank
    from hits
    inner join target_counts
        on
            hits.user_number = target_counts.user_number
            and (target_counts.repeats_allowed or not hits.is_repeat)
    cross join blends

),

users as (

    select
        blend_name,
        repeats_allowed,
        user_number,
        {{ exact_sum('case when is_hit then ' ~ discounted_gain('recommendation_rank') ~ ' else 0 end') }}
        / min({{ ideal_discounted_gain('target_count', 10) }}) as ndcg
    from ranked
    where recommendation_rank <= 10
    group by blend_name, repeats_allowed, user_number

),

measured as (

    select
        blend_name,
        repeats_allowed,
        {{ ratio(exact_sum('ndcg'), 'count(*)') }} as ndcg,
        count(*) as user_count
    from users
    group by blend_name, repeats_allowed

),

ordered as (

    select
        blends.*,
        modes.repeats_allowed,
        measured.ndcg,
        coalesce(measured.user_count, 0) as user_count,
        row_number() over (
            partition by modes.repeats_allowed
            order by
                round(measured.ndcg, 6) desc nulls last,
                case when blends.is_default then 0 else 1 end,
                blends.blend_name
        ) as blend_rank
    from blends
    cross join modes
    left join measured
        on
            blends.blend_name = measured.blend_name
            and modes.repeats_allowed = measured.repeats_allowed

)

select
    blend_name,
    own_weight,
    browse_weight,
    similar_weight,
    popular_weight,
    popularity_exponent,
    ndcg,
    user_count,
    repeats_allowed,
    blend_rank = 1 as is_chosen
from ordered
