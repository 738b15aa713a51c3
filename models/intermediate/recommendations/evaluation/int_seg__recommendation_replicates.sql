{#
    One row per strategy, whether repeats are allowed, user group, k and replicate: the means over users whose buckets
    were drawn again, by the same draws for every strategy, so that differences between strategies can be judged.
    Replicate 0 are the users as they are.
#}

{% set metrics = recommendation_user_metrics() %}

with

-- In whole millionths: sums do not depend on the order of the rows.
bucket_sums as (

    select
        user_metrics.strategy,
        user_metrics.repeats_allowed,
        user_groups.user_group,
        user_metrics.k,
        user_groups.bucket_count,
        user_groups.bucket,
        max(user_groups.user_count) as user_count,
        count(*) as bucket_size,
        {% for metric_name, column in metrics.items() %}
        cast(sum(cast(round(user_metrics.{{ column }} * 1000000) as bigint)) as bigint) as {{ metric_name }}_sum
        {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__recommendation_user_metrics') }} as user_metrics
    inner join {{ ref('int_seg__recommendation_user_groups') }} as user_groups
        on
            user_metrics.repeats_allowed = user_groups.repeats_allowed
            and user_metrics.user_number = user_groups.user_number
    group by
        user_metrics.strategy,
        user_metrics.repeats_allowed,
        user_groups.user_group,
        user_metrics.k,
        user_groups.bucket_count,
        user_groups.bucket

)

select
    bucket_sums.strategy,
    bucket_sums.repeats_allowed,
    bucket_sums.user_group,
    bucket_sums.k,
    draws.replicate_number,
    max(bucket_sums.user_count) as user_count,
    {% for metric_name in metrics %}
    {{ ratio(
        'sum(draws.draw_count * bucket_sums.' ~ metric_name ~ '_sum)',
        '1000000 * sum(draws.draw_count * bucket_sums.bucket_size)'
    ) }} as {{ metric_name }}{{ ',' if not loop.last }}
    {% endfor %}
from bucket_sums
inner join {{ ref('int_seg__recommendation_draws') }} as draws
    on
        bucket_sums.bucket_count = draws.bucket_count
        and bucket_sums.bucket = draws.bucket
group by
    bucket_sums.strategy,
    bucket_sums.repeats_allowed,
    bucket_sums.user_group,
    bucket_sums.k,
    draws.replicate_number
