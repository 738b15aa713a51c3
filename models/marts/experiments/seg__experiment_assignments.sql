{#
    One row per experiment that the package assigns and user: the variant, or why the user has none. Everything depends on
    the plan and the user alone, so that users who are added move nobody.
#}

with

experiments as (

    select
        experiment_id,
        min(starts_on) as starts_on,
        min(ends_on) as ends_on,
        min(exclusion_group) as exclusion_group,
        min(holdout_share) as holdout_share,
        min(variant_count) as variant_count,
        max(case when requires_consent then 1 else 0 end) = 1 as requires_consent
    from {{ ref('int_seg__experiment_plans') }}
    where is_assigned_here
    group by experiment_id

),

numbered as (

    select
        experiments.*,
        users.user_id,
        greatest(experiments.starts_on, coalesce(users.known_date, experiments.starts_on)) as assigned_on,
        coalesce(users.has_marketing_consent, false) as has_consent,
        {{ unit_number("'holdout|' || users.user_id") }} as holdout_number,
        {{ unit_number("experiments.experiment_id || '|' || users.user_id") }} as user_number
    from experiments
    cross join {{ ref('int_seg__users') }} as users
    inner join {{ ref('int_seg__as_of_dates') }} as scoring
        on
            scoring.split = 'scoring'
            and (users.known_date < scoring.as_of_date or users.is_listed_without_date)
    where
        experiments.ends_on is null
        or users.known_date is null
        or users.known_date < experiments.ends_on

),

placed as (

    select
        *,
        cast(floor(user_number * variant_count) as int) as lane_number,
        user_number - floor(user_number * variant_count) / variant_count as position
    from numbered

),

drawn as (

    select
        placed.*,
        case when placed.position < plans.own_width then plans.variant end as own_variant,
        plans.free_before + plans.lane_width - placed.position as free_position
    from placed
    inner join {{ ref('int_seg__experiment_plans') }} as plans
        on
            placed.experiment_id = plans.experiment_id
            and placed.lane_number = plans.lane_number

),

eligible as (

    select
        drawn.*,
        coalesce(drawn.own_variant, overflows.variant) as drawn_variant,
        case
            when drawn.holdout_number < drawn.holdout_share then 'holdout'
            when drawn.requires_consent and not drawn.has_consent then 'no_consent'
            when coalesce(drawn.own_variant, overflows.variant) is null then 'not_enrolled'
            else 'assigned'
        end as status_alone
    from drawn
    left join {{ ref('int_seg__experiment_plans') }} as overflows
        on
            drawn.own_variant is null
            and drawn.experiment_id = overflows.experiment_id
            and drawn.free_position > overflows.overflow_from
            and drawn.free_position <= overflows.overflow_to

),

{# Who was drawn for the earlier of two experiments that share a group and a day is not in the later one. #}
taken as (

    select distinct
        later.experiment_id,
        later.user_id
    from eligible as later
    inner join eligible as earlier
        on
            later.user_id = earlier.user_id
            and later.exclusion_group = earlier.exclusion_group
            and later.status_alone = 'assigned'
            and earlier.status_alone = 'assigned'
            and (
                earlier.starts_on < later.starts_on
                or (earlier.starts_on = later.starts_on and earlier.experiment_id < later.experiment_id)
            )
            and (earlier.ends_on is null or later.starts_on < earlier.ends_on)

)

select
    eligible.experiment_id,
    eligible.user_id,
    eligible.assigned_on,
    cast(case
        when eligible.status_alone = 'assigned' and taken.user_id is null then eligible.drawn_variant
    end as string) as variant,
    cast(case
        when eligible.status_alone = 'assigned' and taken.user_id is not null then 'excluded'
        else eligible.status_alone
    end as string) as assignment_status
from eligible
left join taken
    on
        eligible.experiment_id = taken.experiment_id
        and eligible.user_id = taken.user_id
