{#
    One row per compared user and day of exposure: the stage of the buyer's life on that day, from orders before it. No run
    needs to have taken place at the time, and the treatment cannot have changed it.
#}

with

users as (

    select distinct
        user_id,
        exposed_on
    from {{ ref('int_seg__experiment_users') }}
    where is_compared

),

order_days as (

    select distinct
        users.user_id,
        users.exposed_on,
        lines.order_date
    from users
    inner join {{ ref('seg__order_lines') }} as lines
        on
            users.user_id = lines.user_id
            and users.exposed_on > lines.order_date
    where lines.quantity > 0 and not lines.is_cancelled

),

with_gaps as (

    select
        *,
        lag(order_date) over (partition by user_id, exposed_on order by order_date) as previous_date,
        row_number() over (partition by user_id, exposed_on order by order_date desc) as days_ago_rank
    from order_days

),

histories as (

    select
        users.user_id,
        users.exposed_on as as_of_date,
        {{ dbt.datediff('min(with_gaps.order_date)', 'users.exposed_on', 'day') }} as days_since_first_order,
        {{ dbt.datediff('max(with_gaps.order_date)', 'users.exposed_on', 'day') }} as days_since_last_order,
        {{ dbt.datediff(
            'max(case when with_gaps.days_ago_rank = 1 then with_gaps.previous_date end)', 'max(with_gaps.order_date)', 'day'
        ) }} as days_between_last_two_orders
    from users
    left join with_gaps
        on
            users.user_id = with_gaps.user_id
            and users.exposed_on = with_gaps.exposed_on
    group by users.user_id, users.exposed_on

)

{{ lifecycle_stages('select * from histories') }}
