{#
    One row per experiment, variant but the control, metric of orders, scheme, segment and fold: the uplift that users of the
    fold are ranked by, learnt on the users of the other fold alone. A segment's uplift is drawn towards that of all users
    as far as its distance from it is noise: by 1 - variance / distance squared, 0 or more.
#}

with

arms as (

    select
        sums.*,
        variants.is_control,
        sums.outcome_sum * sums.outcome_unit / sums.user_count as mean,
        greatest(0, sums.outcome_squares - sums.outcome_sum * sums.outcome_sum / sums.user_count)
        * sums.outcome_unit * sums.outcome_unit / nullif(sums.user_count - 1, 0) / sums.user_count as variance_of_mean
    from {{ ref('int_seg__experiment_sums') }} as sums
    inner join {{ ref('int_seg__experiment_variants') }} as variants
        on
            sums.experiment_id = variants.experiment_id
            and sums.variant = variants.variant
    where
        sums.is_known_before
        and sums.metric in ('conversion', 'orders', 'revenue')

),

uplifts as (

    select
        treated.experiment_id,
        treated.variant,
        treated.metric,
        treated.scheme,
        treated.segment_key,
        treated.fold,
        treated.mean - control.mean as uplift,
        treated.variance_of_mean + control.variance_of_mean as variance_of_uplift
    from arms as treated
    inner join arms as control
        on
            not treated.is_control
            and control.is_control
            and treated.experiment_id = control.experiment_id
            and treated.metric = control.metric
            and treated.scheme = control.scheme
            and treated.segment_key = control.segment_key
            and treated.fold = control.fold

)

select
    segments.experiment_id,
    segments.variant,
    segments.metric,
    segments.scheme,
    segments.segment_key,
    1 - segments.fold as fold,
    overall.uplift + (segments.uplift - overall.uplift) * coalesce(greatest(0, 1 - {{ ratio(
        'segments.variance_of_uplift', 'power(segments.uplift - overall.uplift, 2)'
    ) }}), 0) as score
from uplifts as segments
inner join uplifts as overall
    on
        overall.scheme = 'all'
        and segments.scheme <> 'all'
        and segments.experiment_id = overall.experiment_id
        and segments.variant = overall.variant
        and segments.metric = overall.metric
        and segments.fold = overall.fold
