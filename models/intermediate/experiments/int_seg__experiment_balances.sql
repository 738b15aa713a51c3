{#
    One row per experiment: who was in it, who counts, and whether the variants are as large as planned (chi-square test of
    the sample ratio). Users of several variants count for neither and are reported.
#}

{% set least_users = var('seg__minimum_group_size') %}

with

users as (

    select
        experiment_id,
        min(as_of_date) as as_of_date,
        min(exposed_on) as started_on,
        min(window_days) as window_days,
        count(case when is_contaminated then 1 end) as contaminated_user_count,
        count(case when not is_contaminated and not is_window_over then 1 end) as waiting_user_count
    from {{ ref('int_seg__experiment_users') }}
    group by experiment_id

),

deviations as (

    select
        experiment_id,
        min(control_problem) as control_problem,
        count(planned_user_count) as planned_count,
        max(planned_variant_count) as planned_variant_count,
        {# Of planned variants that nobody was in, what was expected of them. #}
        sum(case when planned_user_count is not null then exposed_user_count end) - sum(planned_user_count) as absent_user_count,
        {{ exact_sum('(exposed_user_count - planned_user_count) * (exposed_user_count - planned_user_count) / nullif(planned_user_count, 0)') }}
            as chi_square
    from {{ ref('int_seg__experiment_variants') }}
    group by experiment_id

),

tested as (

    select
        *,
        case when planned_count > 0 then chi_square + greatest(absent_user_count, 0) end as known_chi_square,
        cast(planned_variant_count - 1 as int) as degrees
    from deviations

)

select
    users.experiment_id,
    users.as_of_date,
    users.started_on,
    users.window_days,
    cast(case
        when users.contaminated_user_count = 0 or users.contaminated_user_count >= {{ least_users }}
            then users.contaminated_user_count
    end as bigint) as contaminated_user_count,
    cast(case
        when users.waiting_user_count = 0 or users.waiting_user_count >= {{ least_users }} then users.waiting_user_count
    end as bigint) as waiting_user_count,
    tested.control_problem,
    {{ chi_square_tail('tested.known_chi_square', 'tested.degrees') }} as sample_ratio_p_value
from users
left join tested
    on users.experiment_id = tested.experiment_id
