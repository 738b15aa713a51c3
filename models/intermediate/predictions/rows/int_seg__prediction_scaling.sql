{#
    One row per horizon and feature: how its values become comparable. Measured on the earliest windows only (train, or
    validation where the history is too short for one), never on rows that judge a model. No rows without them.
#}
with

{# 'train' sorts before 'validation'. #}
scaling_splits as (

    select
        horizon_days,
        min(split) as split
    from {{ ref('int_seg__prediction_features_filled') }}
    where split in ('train', 'validation')
    group by horizon_days

),

scaling_rows as (

    select features.*
    from {{ ref('int_seg__prediction_features_filled') }} as features
    inner join scaling_splits
        on
            features.horizon_days = scaling_splits.horizon_days
            and features.split = scaling_splits.split

),

feature_values as (

    {% for feature in prediction_features() %}
    select
        horizon_days,
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
        horizon_days,
        feature_name,
        percentile_cont({{ var('seg__winsor_low') }}) within group (order by feature_value) as low_value,
        percentile_cont({{ var('seg__winsor_high') }}) within group (order by feature_value) as high_value
    from feature_values
    where is_winsorized
    group by horizon_days, feature_name

),

transformed as (

    select
        feature_values.horizon_days,
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
        on
            feature_values.horizon_days = bounds.horizon_days
            and feature_values.feature_name = bounds.feature_name

),

spans as (

    select
        horizon_days,
        feature_name,
        min(transformed_value) as smallest,
        max(transformed_value) - min(transformed_value) as span
    from transformed
    group by horizon_days, feature_name

),

placed as (

    select
        transformed.*,
        spans.smallest,
        spans.span,
        coalesce((transformed.transformed_value - spans.smallest) / nullif(spans.span, 0), 0) as place
    from transformed
    inner join spans
        on
            transformed.horizon_days = spans.horizon_days
            and transformed.feature_name = spans.feature_name

),

means as (

    select
        horizon_days,
        feature_name,
        {{ exact_unit_mean('place') }} as mean_place
    from placed
    group by horizon_days, feature_name

)

select
    placed.horizon_days,
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
    on
        placed.horizon_days = means.horizon_days
        and placed.feature_name = means.feature_name
group by placed.horizon_days, placed.feature_name
