{#
    One row per experiment and user who was in it: whether the user counts, and from when to when. The window after the
    exposure is equally long for all users of an experiment, and only users whose window is over count: half a window says
    less of late users, and late users may be of one kind. It is as long as planned, or, early on, as half of the
    users have behind them; neither looks at variants or outcomes.
#}

with

planned as (

    select
        experiment_id,
        max(window_days) as window_days
    from {{ ref('int_seg__experiment_plans') }}
    group by experiment_id

),

known as (

    select
        exposures.*,
        coalesce(planned.window_days, {{ var('seg__experiment_window_days') }}) as planned_window_days,
        cast(floor({{ seconds_between('exposures.exposed_at', 'exposures.as_of_date') }} / 86400) as int) as known_days
    from {{ ref('int_seg__experiment_exposures') }} as exposures
    left join planned
        on exposures.experiment_id = planned.experiment_id

),

windows as (

    select
        experiment_id,
        cast(greatest(1, least(
            min(planned_window_days),
            floor(percentile_cont(0.5) within group (order by known_days))
        )) as int) as window_days
    from known
    group by experiment_id

)

select
    known.experiment_id,
    known.user_id,
    known.as_of_date,
    known.exposed_at,
    known.exposed_on,
    cast({{ dbt.dateadd('day', '-1 * ' ~ var('seg__experiment_pre_period_days'), 'known.exposed_at') }} as timestamp)
        as looked_back_to_at,
    cast({{ dbt.dateadd('day', 'windows.window_days', 'known.exposed_at') }} as timestamp) as window_until_at,
    known.variant,
    windows.window_days,
    cast({{ md5_bucket("'fold|' || known.experiment_id || '|' || known.user_id", 2) }} as int) as fold,
    known.variant_count > 1 as is_contaminated,
    known.known_days >= windows.window_days as is_window_over,
    known.variant_count = 1 and known.known_days >= windows.window_days as is_compared
from known
inner join windows
    on known.experiment_id = windows.experiment_id
