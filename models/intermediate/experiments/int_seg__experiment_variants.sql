{#
    One row per experiment and variant that users were in: whether the others are compared with it. That is the variant the
    plan flags, else the only one that is called like a control; what is unclear is said in `control_problem`.
#}

with

planned as (

    select
        experiment_id,
        sum(share) as share_sum,
        count(*) as planned_variant_count
    from {{ ref('int_seg__experiment_plans') }}
    where share > 0
    group by experiment_id

),

variants as (

    select
        users.experiment_id,
        users.variant,
        count(*) as exposed_user_count,
        max(case when coalesce(plans.is_control, false) then 1 else 0 end) as is_flagged,
        max(case when lower(users.variant) in ({{ control_names() }}) then 1 else 0 end) as is_named,
        max(plans.share) as share
    from {{ ref('int_seg__experiment_users') }} as users
    left join {{ ref('int_seg__experiment_plans') }} as plans
        on
            users.experiment_id = plans.experiment_id
            and users.variant = plans.variant
    where not users.is_contaminated
    group by users.experiment_id, users.variant

),

counted as (

    select
        *,
        sum(is_flagged) over (partition by experiment_id) as flagged_count,
        sum(is_named) over (partition by experiment_id) as named_count,
        sum(case when share > 0 then exposed_user_count end) over (partition by experiment_id) as planned_user_sum,
        {# A few in a variant of their own are a test of it. #}
        max(case
            when coalesce(share, 0) = 0 and exposed_user_count >= {{ var('seg__minimum_group_size') }} then 1 else 0
        end) over (partition by experiment_id) as is_any_unplanned
    from variants

)

select
    counted.experiment_id,
    counted.variant,
    counted.exposed_user_count,
    cast(case
        when counted.flagged_count > 1 or (counted.flagged_count = 0 and counted.named_count > 1) then 'several'
        when counted.flagged_count = 0 and counted.named_count = 0 then 'none'
    end as string) as control_problem,
    {# Known only where the plan names every variant that was seen. #}
    cast(case
        when counted.is_any_unplanned = 0 and counted.share > 0
            then counted.planned_user_sum * counted.share / planned.share_sum
    end as double) as planned_user_count,
    cast(planned.planned_variant_count as int) as planned_variant_count,
    case
        when counted.flagged_count = 1 then counted.is_flagged = 1
        else counted.flagged_count = 0 and counted.named_count = 1 and counted.is_named = 1
    end as is_control
from counted
left join planned
    on counted.experiment_id = planned.experiment_id
