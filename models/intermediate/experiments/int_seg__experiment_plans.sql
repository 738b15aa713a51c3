{#
    One row per planned experiment and variant, and the ranges of a user's number (0-1) that belong to it. The numbers are
    cut into one lane per variant. A variant fills its own lane from the start; what does not fit there fills what is free
    in the others from their ends. So a variant that grows takes free numbers as long as there are any.
#}
-- depends_on: {{ ref('stg_seg__input_columns') }}

with

plans as (

    {{ reference_rows('experiments', "experiment_id || '.' || variant", experiment_columns()) }}

    {% if target.profile_name == 'seg' and not is_any_input_given() and not var('seg__experiments', none) %}
    union all

    select
        {{ experiment_columns() | join(', ') }}
    from {{ ref('seg_demo__experiments') }}
    {% endif %}

),

typed as (

    select
        cast(trim(experiment_id) as string) as experiment_id,
        cast(trim(variant) as string) as variant,
        greatest(coalesce(cast(share as double), 0), 0) as share,
        coalesce(cast(starts_on as date), cast('{{ var("seg__earliest_date") }}' as date)) as starts_on,
        cast(ends_on as date) as ends_on,
        coalesce(cast(holdout_share as double), 0) as holdout_share,
        cast(exclusion_group as string) as exclusion_group,
        cast(window_days as int) as window_days,
        coalesce(cast(is_control as boolean), false) as is_control,
        coalesce(cast(requires_consent as boolean), false) as requires_consent,
        coalesce(cast(is_assigned_here as boolean), true) as is_assigned_here
    from plans
    where experiment_id is not null and variant is not null

),

{#
    Where rows of an experiment disagree about it as a whole: the earliest start, no end if one has none, the largest holdout and
    what is strictest otherwise.
#}
agreed as (

    select
        experiment_id,
        min(starts_on) as starts_on,
        case when count(ends_on) = count(*) then max(ends_on) end as ends_on,
        max(holdout_share) as holdout_share,
        min(exclusion_group) as exclusion_group,
        max(window_days) as window_days,
        max(case when requires_consent then 1 else 0 end) = 1 as requires_consent,
        min(case when is_assigned_here then 1 else 0 end) = 1 as is_assigned_here,
        count(*) as variant_count,
        {{ exact_sum('share') }} as share_sum
    from typed
    group by experiment_id

),

lanes as (

    select
        typed.experiment_id,
        typed.variant,
        agreed.starts_on,
        agreed.ends_on,
        agreed.holdout_share,
        agreed.exclusion_group,
        agreed.window_days,
        typed.is_control,
        agreed.requires_consent,
        agreed.is_assigned_here,
        agreed.variant_count,
        row_number() over (partition by typed.experiment_id order by typed.variant) - 1 as lane_number,
        1.0 / agreed.variant_count as lane_width,
        {# Shares that add up to more than all users are cut down in proportion. #}
        typed.share / greatest(agreed.share_sum, 1) as share
    from typed
    inner join agreed
        on typed.experiment_id = agreed.experiment_id

),

filled as (

    select
        *,
        least(share, lane_width) as own_width,
        lane_width - least(share, lane_width) as free_width,
        share - least(share, lane_width) as overflow_width
    from lanes

)

select
    experiment_id,
    variant,
    starts_on,
    ends_on,
    exclusion_group,
    holdout_share,
    share,
    cast(window_days as int) as window_days,
    cast(variant_count as int) as variant_count,
    cast(lane_number as int) as lane_number,
    cast(lane_width as double) as lane_width,
    cast(own_width as double) as own_width,
    {# Free numbers stand in one line, lane after lane, each from its end; so does what did not fit. #}
    cast(sum(free_width) over (
        partition by experiment_id order by lane_number rows between unbounded preceding and current row
    ) - free_width as double) as free_before,
    cast(sum(overflow_width) over (
        partition by experiment_id order by lane_number rows between unbounded preceding and current row
    ) - overflow_width as double) as overflow_from,
    cast(sum(overflow_width) over (
        partition by experiment_id order by lane_number rows between unbounded preceding and current row
    ) as double) as overflow_to,
    is_control,
    requires_consent,
    is_assigned_here
from filled
