{#
    One row per number of buckets, replicate and bucket: how often the bucket is drawn when as many are drawn, with
    replacement, as there are (bootstrap). Replicate 0 has each bucket once: the users as they are.
#}

{% set replicate_count = 500 %}
{% set most_buckets = recommendation_buckets() %}

with

bucket_counts as (

    select distinct bucket_count from {{ ref('int_seg__recommendation_user_groups') }}

),

replicates as (

    {% for number in range(replicate_count + 1) %}
    select {{ number }} as replicate_number
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

draws as (

    {% for number in range(most_buckets) %}
    select {{ number }} as draw_number
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

drawn as (

    select
        bucket_counts.bucket_count,
        replicates.replicate_number,
        case
            when replicates.replicate_number = 0 then draws.draw_number
            else {{ md5_bucket(
                "'draw-' || cast(replicates.replicate_number as string) || '-' || cast(draws.draw_number as string)",
                'bucket_counts.bucket_count'
            ) }}
        end as bucket
    from bucket_counts
    inner join draws
        on bucket_counts.bucket_count > draws.draw_number
    cross join replicates

)

select
    bucket_count,
    replicate_number,
    bucket,
    count(*) as draw_count
from drawn
group by bucket_count, replicate_number, bucket
