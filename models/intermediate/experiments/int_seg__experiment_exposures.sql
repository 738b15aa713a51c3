{#
    One row per experiment and user who was in it before the as-of date: since when, and in how many variants. A user is in
    an experiment from the first touch that names it on; where no touch names it, from the assignment on.
#}

with

scoring as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

periods as (

    select
        experiment_id,
        min(starts_on) as starts_on,
        min(ends_on) as ends_on
    from {{ ref('int_seg__experiment_plans') }}
    group by experiment_id

),

touched as (

    select
        touches.experiment_id,
        touches.user_id,
        min(trim(touches.variant)) as variant,
        count(distinct trim(touches.variant)) as variant_count,
        min(touches.touched_at) as exposed_at,
        min(scoring.as_of_date) as as_of_date
    from {{ ref('int_seg__campaign_touches_kept') }} as touches
    inner join scoring
        on touches.touched_at < scoring.as_of_date
    left join periods
        on touches.experiment_id = periods.experiment_id
    where
        touches.experiment_id is not null
        and touches.variant is not null
        and (periods.starts_on is null or touches.touched_at >= periods.starts_on)
        and (periods.ends_on is null or touches.touched_at < periods.ends_on)
    group by touches.experiment_id, touches.user_id

),

assigned as (

    select
        assignments.experiment_id,
        assignments.user_id,
        assignments.variant,
        1 as variant_count,
        cast(assignments.assigned_on as timestamp) as exposed_at,
        scoring.as_of_date
    from {{ ref('seg__experiment_assignments') }} as assignments
    inner join scoring
        on assignments.assigned_on < scoring.as_of_date
    where
        assignments.assignment_status = 'assigned'
        and assignments.experiment_id not in (select touched.experiment_id from touched)

)

select
    experiment_id,
    user_id,
    as_of_date,
    cast(exposed_at as timestamp) as exposed_at,
    cast(exposed_at as date) as exposed_on,
    cast(variant as string) as variant,
    cast(variant_count as int) as variant_count
from touched

union all

select
    experiment_id,
    user_id,
    as_of_date,
    exposed_at,
    cast(exposed_at as date) as exposed_on,
    cast(variant as string) as variant,
    variant_count
from assigned
