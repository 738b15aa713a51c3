{#
    One row per cluster of the earlier date: its number and the two features in which it stood out most, by a third of a
    standard deviation or more. A name of its own would look like one of today's segments.
#}

with

differences as (

    {% for feature in behaviour_cluster_features() if feature in cluster_features() %}
    select
        centroids.cluster_number,
        scaling.feature_name,
        {# Rounded: the rank must not hang on the last digits. #}
        round(centroids.scaled_{{ feature.name }} / scaling.weight, 6) as difference
    from {{ ref('int_seg__past_cluster_centroids') }} as centroids
    inner join {{ ref('int_seg__past_cluster_scaling') }} as scaling
        on scaling.feature_name = '{{ feature.name }}' and scaling.weight > 0
    union all
    {% endfor %}
    select
        cluster_number,
        cast(null as string) as feature_name,
        cast(null as double) as difference
    from {{ ref('int_seg__past_cluster_centroids') }}

),

words as (

    {{ reference_rows('feature_words', 'feature_name', ['feature_name', 'high_phrase', 'low_phrase']) }}

),

ranked as (

    select
        differences.cluster_number,
        case when differences.difference > 0 then words.high_phrase else words.low_phrase end as phrase,
        row_number() over (
            partition by differences.cluster_number
            order by abs(differences.difference) desc nulls last, differences.feature_name
        ) as feature_rank
    from differences
    left join words
        on differences.feature_name = words.feature_name
    where differences.difference is null or abs(differences.difference) >= 0.33

)

select
    cluster_number,
    cast(
        'Cluster ' || cast(cluster_number as string) || ': '
        || coalesce(max(case when feature_rank = 1 then phrase end), 'close to the average')
        || coalesce(max(case when feature_rank = 2 then ', ' || phrase end), '')
    as string) as segment_name
from ranked
group by cluster_number
