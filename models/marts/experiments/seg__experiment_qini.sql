{#
    One row per experiment, variant but the control, metric of orders and decile of its users, best first: what treating
    the users up to there would have brought. Users are ranked by the uplift of their segments as learnt on the other half
    of the users (two folds by md5), within their own half: scores of two fits are not compared.
#}

{% set least_users = var('seg__minimum_group_size') %}

with

scores as (

    select
        segments.experiment_id,
        scores.variant,
        scores.metric,
        segments.user_id,
        min(segments.variant) as own_variant,
        min(segments.fold) as fold,
        min(users.as_of_date) as as_of_date,
        round({{ exact_sum('scores.score') }} / count(*), 7) as score
    from {{ ref('int_seg__experiment_segments') }} as segments
    inner join {{ ref('int_seg__experiment_users') }} as users
        on
            segments.experiment_id = users.experiment_id
            and segments.user_id = users.user_id
    inner join {{ ref('int_seg__experiment_variants') }} as variants
        on
            segments.experiment_id = variants.experiment_id
            and segments.variant = variants.variant
    inner join {{ ref('int_seg__experiment_scores') }} as scores
        on
            segments.experiment_id = scores.experiment_id
            and segments.scheme = scores.scheme
            and segments.segment_key = scores.segment_key
            and segments.fold = scores.fold
            and (variants.is_control or segments.variant = scores.variant)
    group by segments.experiment_id, scores.variant, scores.metric, segments.user_id

),

{# Users of equal score stand in an order that depends on nothing. #}
placed as (

    select
        *,
        ntile(10) over (
            partition by experiment_id, variant, metric, fold
            order by score desc, {{ md5_bucket("'place|' || experiment_id || '|' || user_id", 1000000000) }}, user_id
        ) as decile
    from scores

),

deciles as (

    select
        placed.experiment_id,
        placed.variant,
        placed.metric,
        placed.decile,
        min(placed.as_of_date) as as_of_date,
        count(case when placed.own_variant = placed.variant then 1 end) as treated_count,
        count(case when placed.own_variant <> placed.variant then 1 end) as control_count,
        {{ exact_sum('case when placed.own_variant = placed.variant then outcomes.outcome else 0 end') }} as treated_sum,
        {{ exact_sum('case when placed.own_variant <> placed.variant then outcomes.outcome else 0 end') }} as control_sum
    from placed
    left join {{ ref('int_seg__experiment_outcomes') }} as outcomes
        on
            placed.experiment_id = outcomes.experiment_id
            and placed.user_id = outcomes.user_id
            and placed.metric = outcomes.metric
    group by placed.experiment_id, placed.variant, placed.metric, placed.decile

),

cumulated as (

    select
        experiment_id,
        variant,
        metric,
        as_of_date,
        decile,
        min(least(treated_count, control_count)) over (partition by experiment_id, variant, metric) as least_count,
        sum(treated_count) over (
            partition by experiment_id, variant, metric order by decile rows between unbounded preceding and current row
        ) as treated_count,
        sum(control_count) over (
            partition by experiment_id, variant, metric order by decile rows between unbounded preceding and current row
        ) as control_count,
        sum(coalesce(treated_sum, 0)) over (
            partition by experiment_id, variant, metric order by decile rows between unbounded preceding and current row
        ) as treated_sum,
        sum(coalesce(control_sum, 0)) over (
            partition by experiment_id, variant, metric order by decile rows between unbounded preceding and current row
        ) as control_sum,
        sum(treated_count) over (partition by experiment_id, variant, metric) as all_treated_count,
        sum(treated_count + control_count) over (partition by experiment_id, variant, metric) as all_user_count
    from deciles

),

curves as (

    select
        *,
        {{ ratio('treated_count + control_count', 'all_user_count') }} as user_share,
        {{ ratio('treated_sum - control_sum * treated_count / control_count', 'all_treated_count') }}
            as incremental_outcome
    from cumulated
    where least_count >= {{ [least_users, 1] | max }}

),

with_lines as (

    select
        *,
        user_share * max(case when decile = 10 then incremental_outcome end) over (
            partition by experiment_id, variant, metric
        ) as random_outcome
    from curves

),

with_areas as (

    select
        *,
        (
            incremental_outcome - random_outcome + coalesce(lag(incremental_outcome - random_outcome) over (
                partition by experiment_id, variant, metric order by decile
            ), 0)
        ) / 2 * (user_share - coalesce(lag(user_share) over (
            partition by experiment_id, variant, metric order by decile
        ), 0)) as area
    from with_lines

)

select
    cast(experiment_id as string) as experiment_id,
    cast(variant as string) as variant,
    cast(metric as string) as metric,
    as_of_date,
    cast(decile as int) as decile,
    cast(treated_count as bigint) as treated_count,
    cast(control_count as bigint) as control_count,
    user_share,
    incremental_outcome,
    random_outcome,
    cast(sum(cast(area as decimal(28, 8))) over (partition by experiment_id, variant, metric) as double) as qini_coefficient
from with_areas
