{#
    One row per date, user and product that the user dealt with before the date or is not to be recommended: how much, how
    recently, and the places among the user's products by which later steps are bounded.
#}
{{ config(materialized='kept_in_realtime') }}

with

users as (

    select
        as_of_date,
        user_id,
        user_number,
        is_teaching,
        is_served
    from {{ of_run('int_seg__recommendation_users') }}

),

products as (

    select
        as_of_date,
        split,
        product_id,
        product_number,
        is_eligible
    from {{ ref('int_seg__recommendable_products') }}

),

{% set dealt_with = {
    'product_id': 'string', 'activity_date': 'date', 'purchase_weight': 'double', 'is_target': 'int', 'is_bought': 'int',
    'browse_weight': 'double',
} %}

-- What is excluded is known to be so even where nothing else is known of it: a low rating of what was bought elsewhere.
dealings as (

    select
        users.*,
        {% for column in dealt_with %}
        signals.{{ column }},
        {% endfor %}
        0 as is_excluded,
        0 as is_disliked
    from {{ ref('int_seg__product_signals') }} as signals
    inner join users
        on
            signals.user_id = users.user_id
            and signals.activity_date < users.as_of_date

    union all

    select
        users.*,
        exclusions.product_id,
        {% for column, type in dealt_with.items() if column != 'product_id' %}
        cast(null as {{ type }}) as {{ column }},
        {% endfor %}
        1 as is_excluded,
        case when exclusions.exclusion_reason in ('returned', 'rated_low') then 1 else 0 end as is_disliked
    from {{ of_run('int_seg__recommendation_exclusions') }} as exclusions
    inner join users
        on
            exclusions.as_of_date = users.as_of_date
            and exclusions.user_id = users.user_id

),

summed as (

    select
        as_of_date,
        user_number,
        product_id,
        coalesce(min(purchase_weight), 0) as purchase_weight,
        min(case when is_target = 1 then activity_date end) as first_target_date,
        max(case when is_target = 1 then activity_date end) as last_target_date,
        max(activity_date) as last_activity_date,
        count(case when is_target = 1 then 1 end) as target_day_count,
        {% for sum_name, value in {
            'target_sum': 'is_target * ' ~ half_life_decay('activity_date', 'as_of_date', var('seg__purchase_half_life_days')),
            'bought_sum': 'is_bought * ' ~ half_life_decay('activity_date', 'as_of_date', var('seg__affinity_half_life_days')),
            'browse_sum': 'browse_weight * ' ~ half_life_decay('activity_date', 'as_of_date', var('seg__browse_half_life_days')),
        }.items() %}
        coalesce({{ exact_sum(value) }}, 0) as {{ sum_name }},
        {% endfor %}
        coalesce(max(is_bought), 0) as is_bought,
        max(is_excluded) as is_excluded,
        max(is_disliked) as is_disliked,
        max(case when is_teaching then 1 else 0 end) as is_teaching,
        max(case when is_served then 1 else 0 end) as is_served
    from dealings
    group by as_of_date, user_number, product_id

),

scored as (

    select
        summed.*,
        products.split,
        products.product_number,
        products.is_eligible,
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
        is_disliked,
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
    coalesce(last_activity_date = last_day, false) as is_of_last_day,
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
    is_excluded = 1 as is_excluded,
    is_disliked = 1 as is_disliked,
    is_teaching = 1 as is_teaching,
    is_served = 1 as is_served
from timed
