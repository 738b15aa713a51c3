{#
    One row per date, user and product that the user dealt with before the date: how much, how recently, and the
    places among the user's products by which later steps are bounded.
#}
{{ config(materialized='kept_in_realtime') }}

with

users as (

    select
        as_of_date,
        split,
        user_id,
        user_number,
        is_teaching,
        is_served
    from {{ of_run('int_seg__recommendation_users') }}
    where has_history

),

products as (

    select
        as_of_date,
        product_id,
        product_number,
        is_eligible
    from {{ ref('int_seg__recommendable_products') }}

),

exclusions as (

    select
        exclusions.as_of_date,
        exclusions.product_id,
        users.user_number
    from {{ of_run('int_seg__recommendation_exclusions') }} as exclusions
    inner join users
        on
            exclusions.as_of_date = users.as_of_date
            and exclusions.user_id = users.user_id

),

summed as (

    select
        users.as_of_date,
        users.user_number,
        signals.product_id,
        min(users.split) as split,
        min(signals.purchase_weight) as purchase_weight,
        min(case when signals.is_target = 1 then signals.activity_date end) as first_target_date,
        max(case when signals.is_target = 1 then signals.activity_date end) as last_target_date,
        max(signals.activity_date) as last_activity_date,
        cast(sum(signals.is_target) as bigint) as target_day_count,
        {{ exact_sum('signals.is_target * ' ~ half_life_decay(
            'signals.activity_date', 'users.as_of_date', var('seg__purchase_half_life_days')
        )) }} as target_sum,
        {{ exact_sum('signals.is_bought * ' ~ half_life_decay(
            'signals.activity_date', 'users.as_of_date', var('seg__affinity_half_life_days')
        )) }} as bought_sum,
        {{ exact_sum('signals.browse_weight * ' ~ half_life_decay(
            'signals.activity_date', 'users.as_of_date', var('seg__browse_half_life_days')
        )) }} as browse_sum,
        max(signals.is_bought) as is_bought,
        max(case when users.is_teaching then 1 else 0 end) as is_teaching,
        max(case when users.is_served then 1 else 0 end) as is_served
    from {{ ref('int_seg__product_signals') }} as signals
    inner join users
        on
            signals.user_id = users.user_id
            and signals.activity_date < users.as_of_date
    group by users.as_of_date, users.user_number, signals.product_id

),

scored as (

    select
        summed.*,
        products.product_number,
        products.is_eligible,
        exclusions.product_id is not null as is_excluded,
        -- Whole hundredths: products and sums of them are exact on any number of threads. Never quite forgotten: of a
        -- user who was here long ago the old interest is all there is.
        case
            when summed.purchase_weight * summed.bought_sum + summed.browse_sum > 0
                then greatest(cast(round(
                    100 * ln(1 + greatest(summed.purchase_weight * summed.bought_sum + summed.browse_sum, 0))
                ) as bigint), 1)
            else 0
        end as affinity
    from summed
    inner join products
        on
            {{ stored_date('summed.as_of_date') }} = products.as_of_date
            and summed.product_id = products.product_id
    left join exclusions
        on
            summed.as_of_date = exclusions.as_of_date
            and summed.user_number = exclusions.user_number
            and summed.product_id = exclusions.product_id

),

-- What is not needed stays behind: whole rows are sorted below.
compared as (

    select
        as_of_date,
        split,
        user_number,
        product_number,
        first_target_date,
        last_target_date,
        last_activity_date,
        target_day_count,
        target_sum,
        browse_sum,
        affinity,
        is_bought,
        is_eligible,
        is_excluded,
        is_teaching,
        is_served,
        target_day_count + coalesce(1.0 / (1 + {{ dbt.datediff('last_target_date', 'as_of_date', 'day') }}), 0)
            as favourite_sum
    from scored

),

ranked as (

    select
        *,
        max(target_sum) over (partition by as_of_date, user_number) as highest_target_sum,
        max(favourite_sum) over (partition by as_of_date, user_number) as highest_favourite_sum,
        max(browse_sum) over (partition by as_of_date, user_number) as highest_browse_sum,
        row_number() over (
            partition by as_of_date, user_number
            order by affinity desc, last_activity_date desc, product_number asc
        ) as affinity_rank,
        count(*) over (partition by as_of_date, user_number) as product_count,
        max(last_activity_date) over (partition by as_of_date, user_number) as last_day
    from compared

),

timed as (

    select
        *,
        {{ dbt.datediff('last_target_date', 'as_of_date', 'day') }} as days_since_target,
        {{ dbt.datediff('last_activity_date', 'as_of_date', 'day') }} as days_since_activity,
        cast({{ dbt.datediff('first_target_date', 'last_target_date', 'day') }} as double) as target_span_days
    from ranked

)

-- Strengths are 0-1, most of them the share of the user's strongest product.
select
    as_of_date,
    split,
    user_number,
    product_number,
    first_target_date,
    last_target_date,
    last_activity_date,
    last_activity_date = last_day as is_of_last_day,
    target_day_count,
    round(coalesce({{ ratio('target_sum', 'highest_target_sum') }}, 0), 6) as own_strength,
    round(coalesce({{ ratio('favourite_sum', 'highest_favourite_sum') }}, 0), 6) as favourite_strength,
    round(coalesce(power(0.5, days_since_target / 30.0), 0), 6) as recent_strength,
    -- Highest when as many days have passed as usually lie between the user's purchases of the product.
    round(case
        when target_day_count >= 2
            then
                target_day_count / (target_day_count + 1.0)
                * exp(-abs(ln((days_since_target + 1) / (target_span_days / (target_day_count - 1) + 1))))
        else 0
    end, 6) as due_strength,
    round(coalesce({{ ratio('greatest(browse_sum, 0)', 'highest_browse_sum') }}, 0), 6) as viewed_strength,
    round(case when browse_sum > 0 then power(0.5, days_since_activity / 7.0) else 0 end, 6) as latest_strength,
    affinity,
    affinity_rank,
    product_count,
    is_bought = 1 as is_bought,
    is_eligible,
    is_excluded,
    is_teaching = 1 as is_teaching,
    is_served = 1 as is_served
from timed
