{#
    One row per experiment and variant that users were in: whether the others are compared with it. That is the variant the
    plan flags, else the only one that is called like a control; what is unclear is said in `control_problem`.
#}

{% set names = [] %}
{% for name in var('seg__experiment_control_names') %}
    {% do names.append("'" ~ name | lower | replace("'", "''") ~ "'") %}
{% endfor %}

with

variants as (

    select
        users.experiment_id,
        users.variant,
        count(*) as exposed_user_count,
        max(case when coalesce(plans.is_control, false) then 1 else 0 end) as is_flagged,
        max(case when lower(users.variant) in ({{ names | join(', ') or "''" }}) then 1 else 0 end) as is_named,
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
        sum(share) over (partition by experiment_id) as share_sum,
        sum(exposed_user_count) over (partition by experiment_id) as experiment_user_count,
        count(share) over (partition by experiment_id) as planned_count,
        count(*) over (partition by experiment_id) as variant_count
    from variants

)

select
    experiment_id,
    variant,
    exposed_user_count,
    cast(case
        when flagged_count > 1 or (flagged_count = 0 and named_count > 1) then 'several'
        when flagged_count = 0 and named_count = 0 then 'none'
    end as string) as control_problem,
    {# Known only where the plan names every variant that was seen. #}
    cast(case
        when planned_count = variant_count and share_sum > 0 then experiment_user_count * share / share_sum
    end as double) as planned_user_count,
    case
        when flagged_count = 1 then is_flagged = 1
        else flagged_count = 0 and named_count = 1 and is_named = 1
    end as is_control
from counted
