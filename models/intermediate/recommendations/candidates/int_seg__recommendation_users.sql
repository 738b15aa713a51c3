{#
    One row per date and user who takes part: is served (gets a list) or teaches (product pairs are learnt from
    them). At the earlier dates those are served whose purchases afterwards can be compared with the list.
#}
{{ config(materialized='kept_in_realtime') }}

with

first_dealings as (

    select
        user_id,
        -1 * {{ dbt.datediff("cast('2000-01-01' as date)", 'min(activity_date)', 'day') }} as days_before
    from {{ ref('int_seg__product_signals') }}
    where
        activity_date < (
            select max(as_of_date) from {{ ref('int_seg__as_of_dates') }}
        )
        and {{ only_users_to_refresh('user_id', 'int_seg__users_to_measure') }}
    group by user_id, product_id

),

-- When the user dealt with the first product, and with so many that much is known. The first dealings of each user alone
-- are held: sorted, those of 400,000 users were the slowest step before the candidates.
first_activities as (

    select
        user_id,
        {{ dbt.dateadd('day', '-1 * max(days_before)', "cast('2000-01-01' as date)") }} as first_activity_date,
        case
            when count(*) = {{ var('seg__much_history_products') }}
                then {{ dbt.dateadd('day', '-1 * min(days_before)', "cast('2000-01-01' as date)") }}
        end as much_activity_date
    from (
        {{ largest_numbers('first_dealings', ['user_id'], 'days_before', var('seg__much_history_products')) }}
    ) as first_products
    group by user_id

),

-- Of the scoring date, at which they are most.
pair_counts as (

    select
        user_id,
        product_count * (product_count - 1) / 2 as pair_count
    from (
        select
            user_id,
            least(count(*), {{ var('seg__max_products_per_user') }}) as product_count
        from first_dealings
        group by user_id
    ) as product_counts

),

users as (

    select
        users.user_id,
        first_activities.first_activity_date,
        first_activities.much_activity_date,
        row_number() over (order by users.user_id) as user_number,
        row_number() over sampled as sample_number,
        sum(pair_counts.pair_count) over sampled as pair_count
    from {{ ref('int_seg__users') }} as users
    left join first_activities
        on users.user_id = first_activities.user_id
    left join pair_counts
        on users.user_id = pair_counts.user_id
    where {{ only_users_to_refresh('users.user_id', 'int_seg__users_to_measure') }}
    window sampled as (
        order by
            case when first_activities.user_id is null then 1 else 0 end,
            md5(users.user_id),
            users.user_id
        rows between unbounded preceding and current row
    )

),

as_of_dates as (

    select
        as_of_date,
        split
    from {{ ref('int_seg__as_of_dates') }}
    where split in {{ recommended_splits() }}

),

to_serve as (

    select
        user_features.as_of_date,
        user_features.user_id,
        1 as serving_number
    from {{ ref('seg__user_features') }} as user_features
    inner join as_of_dates
        on user_features.as_of_date = as_of_dates.as_of_date
    where as_of_dates.split = 'scoring'

    union all

    select
        as_of_date,
        user_id,
        row_number() over (partition by as_of_date order by md5(user_id), user_id) as serving_number
    from (
        select distinct
            as_of_date,
            user_id
        from {{ ref('int_seg__recommendation_targets') }}
    ) as buyers

),

judged as (

    select
        as_of_dates.as_of_date,
        as_of_dates.split,
        users.user_id,
        users.user_number,
        coalesce(users.first_activity_date < as_of_dates.as_of_date, false) as has_history,
        case
            when users.much_activity_date < as_of_dates.as_of_date then 'much'
            when users.first_activity_date < as_of_dates.as_of_date then 'little'
            else 'none'
        end as history_group,
        coalesce(to_serve.serving_number <= case
            when as_of_dates.split = 'scoring' then to_serve.serving_number
            when as_of_dates.split = 'test' then {{ var('seg__max_evaluated_users') }}
            else {{ var('seg__max_evaluated_users') }} / 4
        end, false) as is_served,
        users.sample_number <= {{ var('seg__max_pairing_users') }}
        and coalesce(users.pair_count, 0) <= {{ var('seg__max_product_pairs') }} as is_teaching
    from as_of_dates
    cross join users
    left join to_serve
        on
            as_of_dates.as_of_date = to_serve.as_of_date
            and users.user_id = to_serve.user_id

)

select
    as_of_date,
    split,
    user_id,
    user_number,
    has_history,
    history_group,
    is_served,
    is_teaching and has_history as is_teaching
from judged
where is_served or (is_teaching and has_history)
