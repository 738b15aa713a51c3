{#
    One row per experiment, variant but the control, metric, scheme and segment: what users of the variant did against the
    control. The p-value that decides is the CUPED-adjusted one after Holm's correction, among all variants and metrics of all
    users of the experiment, and apart from these among those of its segments.
#}

{% set alpha = significance()['alpha'] %}

with

ranked as (

    select
        *,
        case when scheme = 'all' then 'all' else 'segments' end as family,
        count(cuped_p_value) over (
            partition by experiment_id, case when scheme = 'all' then 'all' else 'segments' end
        ) as test_count,
        row_number() over (
            partition by experiment_id, case when scheme = 'all' then 'all' else 'segments' end
            order by case when cuped_p_value is null then 1 else 0 end, cuped_p_value, variant, metric, scheme, segment_key
        ) as p_value_rank
    from {{ ref('int_seg__experiment_tests') }}

),

corrected as (

    select
        ranked.*,
        balances.as_of_date,
        balances.started_on,
        balances.window_days,
        balances.contaminated_user_count,
        balances.waiting_user_count,
        balances.control_problem,
        balances.sample_ratio_p_value,
        case when ranked.cuped_p_value is not null then {{ holm_adjusted(
            'ranked.cuped_p_value', 'ranked.experiment_id, ranked.family', 'ranked.p_value_rank', 'ranked.test_count'
        ) }} end as adjusted_p_value
    from ranked
    inner join {{ ref('int_seg__experiment_balances') }} as balances
        on ranked.experiment_id = balances.experiment_id

),

{# Percent of the control where it has any, else as it is. #}
sizes as (

    select
        *,
        case when control_mean > 0
            then cast(cast(least(100 * abs(cuped_difference) / control_mean, 1e12) as decimal(18, 1)) as string) || ' %'
            else cast(cast(least(abs(cuped_difference), 1e12) as decimal(18, 4)) as string)
        end as difference_text,
        case when control_mean > 0
            then cast(cast(least(100 * minimum_detectable_effect / control_mean, 1e12) as decimal(18, 1)) as string) || ' %'
            else cast(cast(least(minimum_detectable_effect, 1e12) as decimal(18, 4)) as string)
        end as detectable_text
    from corrected

),

texts as (

    {{ phrases_in_one_row([
        'experiment_no_control', 'experiment_several_controls', 'experiment_no_control_users', 'experiment_mismatch',
        'experiment_no_spread', 'experiment_higher', 'experiment_lower', 'experiment_no_difference',
        'experiment_segment_after', 'experiment_running',
    ]) }}

),

segment_names as (

    {{ reference_rows('segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_name']) }}

)

select
    cast(sizes.experiment_id as string) as experiment_id,
    cast(sizes.variant as string) as variant,
    cast(sizes.metric as string) as metric,
    cast(sizes.scheme as string) as scheme,
    cast(sizes.segment_key as string) as segment_key,
    cast(sizes.control_variant as string) as control_variant,
    sizes.as_of_date,
    sizes.started_on,
    cast(coalesce(names.segment_name, published_names.segment_name, sizes.segment_key) as string) as segment_name,
    sizes.window_days,
    sizes.user_count,
    sizes.control_user_count,
    sizes.contaminated_user_count,
    sizes.waiting_user_count,
    sizes.mean,
    sizes.control_mean,
    sizes.difference,
    sizes.difference_low,
    sizes.difference_high,
    sizes.p_value,
    sizes.relative_lift,
    sizes.relative_lift_low,
    sizes.relative_lift_high,
    sizes.cuped_theta,
    sizes.cuped_difference,
    sizes.cuped_difference_low,
    sizes.cuped_difference_high,
    sizes.cuped_p_value,
    sizes.variance_reduction,
    sizes.adjusted_p_value,
    sizes.sequential_low,
    sizes.sequential_high,
    sizes.sequential_p_value,
    sizes.minimum_detectable_effect,
    sizes.sample_ratio_p_value,
    sizes.is_known_before as is_segment_known_before,
    cast(case
        when sizes.control_problem = 'none' then texts.experiment_no_control
        when sizes.control_problem = 'several' then texts.experiment_several_controls
        when sizes.control_variant is null then texts.experiment_no_control_users
        else
            case
                when sizes.sample_ratio_p_value < {{ var('seg__experiment_sample_ratio_alpha') }}
                    then texts.experiment_mismatch || '. '
                else ''
            end
            || case
                when sizes.adjusted_p_value is null then texts.experiment_no_spread
                when sizes.adjusted_p_value < {{ alpha }} and sizes.cuped_difference > 0
                    then replace(texts.experiment_higher, '{}', sizes.difference_text)
                when sizes.adjusted_p_value < {{ alpha }}
                    then replace(texts.experiment_lower, '{}', sizes.difference_text)
                else replace(texts.experiment_no_difference, '{}', sizes.detectable_text)
            end
            || case when sizes.is_known_before then '' else '; ' || texts.experiment_segment_after end
            || case when sizes.waiting_user_count = 0 then '' else '; ' || texts.experiment_running end
    end as string) as verdict
from sizes
cross join texts
left join segment_names as names
    on
        sizes.scheme = names.scheme
        and sizes.segment_key = names.segment_key
left join segment_names as published_names
    on
        published_names.scheme = 'all'
        and sizes.segment_key = published_names.segment_key
