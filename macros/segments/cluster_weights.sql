{#
    A select of one row per cluster feature: what it weighs beside the others. Features that say the same share
    the weight of one: each is divided by the root of the sum of its squared correlations with all (its own is 1), so
    that ten copies of a feature pull as much as one. Components of an embedding or of texts share the weight of their
    modality by the variance that they explain.

    Correlations are those of at most 10,000 users, picked by md5.
#}
{% macro cluster_weights(users, measured) %}
    {% set features = cluster_features() %}

    with

    scaling as (

        select * from {{ measured }}

    ),

    scaled as (

        {{ cluster_scaled(users, 'scaling', weighted=false) }}

    ),

    picked as (

        select *
        from scaled
        where has_been_seen
        order by
            {{ md5_bucket("user_id || '-weights-" ~ var('seg__random_seed') ~ "'", 2147483648) }},
            user_id
        limit 10000

    ),

    weighing as (

        {# A feature that takes no part in the clusters takes no weight from others. #}
        {% for feature in features %}
        select
            picked.user_id,
            '{{ feature.name }}' as feature_name,
            picked.scaled_{{ feature.name }} as value
        from picked
        inner join scaling
            on scaling.feature_name = '{{ feature.name }}' and scaling.rule_weight > 0
        {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    sums as (

        select
            weighing.feature_name,
            others.feature_name as other_name,
            {{ exact_sum('weighing.value * others.value') }} as product_sum
        from weighing
        inner join weighing as others
            on weighing.user_id = others.user_id
        group by weighing.feature_name, others.feature_name

    ),

    shared as (

        select
            sums.feature_name,
            {{ exact_sum(
                'sums.product_sum * sums.product_sum / nullif(own_squares.product_sum * other_squares.product_sum, 0)'
            ) }} as correlation_squares
        from sums
        inner join sums as own_squares
            on sums.feature_name = own_squares.feature_name and sums.feature_name = own_squares.other_name
        inner join sums as other_squares
            on sums.other_name = other_squares.feature_name and sums.other_name = other_squares.other_name
        group by sums.feature_name

    ),

    component_shares as (

        select distinct
            modality || '_' || cast(component_number as string) as feature_name,
            component_share
        from {{ ref('int_seg__content_components') }}

    )

    select
        scaling.feature_name,
        cast(
            scaling.rule_weight
            * sqrt(coalesce(component_shares.component_share, 1))
            / sqrt(greatest(coalesce(shared.correlation_squares, 1), 1))
        as double) as weight
    from scaling
    left join shared
        on scaling.feature_name = shared.feature_name
    left join component_shares
        on scaling.feature_name = component_shares.feature_name
{% endmacro %}
