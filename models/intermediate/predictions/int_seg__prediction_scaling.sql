{#
    One row per feature: how its values become comparable. Measured on the earliest windows only (train, or
    validation where the history is too short for one), never on rows that judge a model. No rows without them.
#}
with

sampled as (

    select
        user_id,
        as_of_date,
        split
    from {{ ref('int_seg__prediction_rows_sampled') }}

),

{# 'train' sorts before 'validation'. #}
scaling_split as (

    select min(split) as split
    from sampled
    where split in ('train', 'validation')

),

scaling_rows as (

    select features.*
    from {{ ref('int_seg__prediction_features_filled') }} as features
    inner join sampled
        on
            features.user_id = sampled.user_id
            and features.as_of_date = sampled.as_of_date
    inner join scaling_split
        on sampled.split = scaling_split.split

),

feature_values as (

    {% for feature in prediction_features() %}
    select
        '{{ feature.name }}' as feature_name,
        '{{ feature.transform }}' as transform,
        {{ feature.winsorize | lower }} as is_winsorized,
        {{ feature.name }} as feature_value
    from scaling_rows
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

bounds as (

    select
        feature_name,
        percentile_cont({{ var('seg__winsor_low') }}) within group (order by feature_value) as low_value,
        percentile_cont({{ var('seg__winsor_high') }}) within group (order by feature_value) as high_value
    from feature_values
    where is_winsorized
    group by feature_name

),

transformed as (

    select
        feature_values.feature_name,
        feature_values.transform,
        bounds.low_value,
        bounds.high_value,
        case
            when feature_values.transform = 'log'
                then {{ prediction_transformed(
                    'greatest(bounds.low_value, least(bounds.high_value, feature_values.feature_value))', 'log') }}
            when feature_values.is_winsorized
                then greatest(bounds.low_value, least(bounds.high_value, feature_values.feature_value))
            else feature_values.feature_value
        end as transformed_value
    from feature_values
    left join bounds
        on feature_values.feature_name = bounds.feature_name

),

spans as (

    select
        feature_name,
        min(transformed_value) as smallest,
        max(transformed_value) - min(transformed_value) as span
    from transformed
    group by feature_name

),

placed as (

    select
        transformed.*,
        spans.smallest,
        spans.span,
        coalesce((transformed.transformed_value - spans.smallest) / nullif(spans.span, 0), 0) as place
    from transformed
    inner join spans
        on transformed.feature_name = spans.feature_name

),

means as (

    select
        feature_name,
        {{ exact_unit_mean('place') }} as mean_place
    from placed
    group by feature_name

)

select
    placed.feature_name,
    max(placed.transform) as transform,
    max(placed.low_value) as low_value,
    max(placed.high_value) as high_value,
    max(placed.smallest) + max(placed.span) * max(means.mean_place) as mean_value,
    max(placed.span) * sqrt({{ exact_unit_mean('(placed.place - means.mean_place) * (placed.place - means.mean_place)') }})
        as standard_deviation,
    count(*) as row_count
from placed
inner join means
    on placed.feature_name = means.feature_name
group by placed.feature_name
