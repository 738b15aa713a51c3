{#
    One row per experiment, variant but the control, scheme and segment: what the variant does to the target metric there,
    and whether to treat. Segments alone that were known before the exposure: what a treatment moves users into says
    nothing of whom to treat.
#}

with

results as (

    select
        *,
        row_number() over (
            partition by experiment_id, variant, scheme
            order by round(cuped_difference, 9) desc, segment_key
        ) as uplift_rank
    from {{ ref('seg__experiment_results') }}
    where
        metric = '{{ var("seg__experiment_target_metric") }}'
        and scheme <> 'all'
        and is_segment_known_before
        and cuped_difference is not null

)

select
    experiment_id,
    variant,
    scheme,
    segment_key,
    control_variant,
    as_of_date,
    metric,
    segment_name,
    cast(uplift_rank as int) as uplift_rank,
    user_count,
    control_user_count,
    control_mean,
    cuped_difference as uplift,
    cuped_difference_low as uplift_low,
    cuped_difference_high as uplift_high,
    adjusted_p_value,
    coalesce(
        adjusted_p_value < {{ significance()['alpha'] }}
        and cuped_difference > 0
        and coalesce(sample_ratio_p_value >= {{ var('seg__experiment_sample_ratio_alpha') }}, true),
        false
    ) as is_recommended
from results
