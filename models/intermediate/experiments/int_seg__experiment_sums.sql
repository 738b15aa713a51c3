{#
    One row per experiment, variant, scheme, segment, metric and fold: what the statistics need. Sums are in units of the
    largest number / the root of the users of the experiment, so that squares are neither too large nor too small to be
    summed exactly.
#}

with

groups as (

    select
        experiment_id,
        variant,
        scheme,
        segment_key,
        fold,
        min(case when is_known_before then 1 else 0 end) = 1 as is_known_before,
        count(*) as user_count
    from {{ ref('int_seg__experiment_segments') }}
    group by experiment_id, variant, scheme, segment_key, fold

),

metrics as (

    {% for metric, kind in order_metrics().items() %}
    select
        experiment_id,
        '{{ metric }}' as metric,
        '{{ kind }}' as metric_kind
    from (select distinct experiment_id from groups) as experiments

    union all

    {% endfor %}
    select distinct
        experiment_id,
        metric,
        'share' as metric_kind
    from {{ ref('int_seg__experiment_outcomes') }}
    where metric not in ('{{ order_metrics() | join("', '") }}')

),

sizes as (

    select
        experiment_id,
        sum(user_count) as user_count
    from groups
    where scheme = 'all'
    group by experiment_id

),

units as (

    select
        metrics.experiment_id,
        metrics.metric,
        metrics.metric_kind,
        coalesce(nullif(max(abs(outcomes.outcome)), 0), 1) / sqrt(min(sizes.user_count)) as outcome_unit,
        coalesce(nullif(max(abs(outcomes.covariate)), 0), 1) / sqrt(min(sizes.user_count)) as covariate_unit
    from metrics
    inner join sizes
        on metrics.experiment_id = sizes.experiment_id
    left join {{ ref('int_seg__experiment_outcomes') }} as outcomes
        on
            metrics.experiment_id = outcomes.experiment_id
            and metrics.metric = outcomes.metric
    group by metrics.experiment_id, metrics.metric, metrics.metric_kind

),

scaled as (

    select
        outcomes.experiment_id,
        outcomes.user_id,
        outcomes.metric,
        outcomes.outcome / units.outcome_unit as outcome,
        outcomes.covariate / units.covariate_unit as covariate
    from {{ ref('int_seg__experiment_outcomes') }} as outcomes
    inner join units
        on
            outcomes.experiment_id = units.experiment_id
            and outcomes.metric = units.metric

),

sums as (

    select
        segments.experiment_id,
        segments.variant,
        segments.scheme,
        segments.segment_key,
        segments.fold,
        scaled.metric,
        {{ exact_sum('scaled.outcome') }} as outcome_sum,
        {{ exact_sum('scaled.covariate') }} as covariate_sum,
        {{ exact_sum('scaled.outcome * scaled.outcome') }} as outcome_squares,
        {{ exact_sum('scaled.covariate * scaled.covariate') }} as covariate_squares,
        {{ exact_sum('scaled.outcome * scaled.covariate') }} as products
    from {{ ref('int_seg__experiment_segments') }} as segments
    inner join scaled
        on
            segments.experiment_id = scaled.experiment_id
            and segments.user_id = scaled.user_id
    group by
        segments.experiment_id, segments.variant, segments.scheme, segments.segment_key, segments.fold, scaled.metric

)

select
    groups.experiment_id,
    groups.variant,
    groups.scheme,
    groups.segment_key,
    cast(units.metric as string) as metric,
    cast(units.metric_kind as string) as metric_kind,
    groups.fold,
    groups.user_count,
    units.outcome_unit,
    units.covariate_unit,
    coalesce(sums.outcome_sum, 0) as outcome_sum,
    coalesce(sums.covariate_sum, 0) as covariate_sum,
    coalesce(sums.outcome_squares, 0) as outcome_squares,
    coalesce(sums.covariate_squares, 0) as covariate_squares,
    coalesce(sums.products, 0) as products,
    groups.is_known_before
from groups
inner join units
    on groups.experiment_id = units.experiment_id
left join sums
    on
        groups.experiment_id = sums.experiment_id
        and groups.variant = sums.variant
        and groups.scheme = sums.scheme
        and groups.segment_key = sums.segment_key
        and groups.fold = sums.fold
        and units.metric = sums.metric
