{#
    One row per published cohort and month since the first order, with what happened and whether it may be shown.
    A cell is suppressed that speaks of fewer than `seg__minimum_group_size` users: by those who ordered, by those who
    did not, or by those whose returns its revenue holds; of a merged cohort also a month that its youngest buyers have not reached.
    The suppressed cells of a cohort must stand for so many users together, or totals less what is shown would tell; where they do not
    the smallest of the others are suppressed until they do.
#}

{% set least = var('seg__minimum_group_size', 5) %}

with

cohorts as (

    select
        cohort_key,
        as_of_date,
        case when cohort_key <> 'other' then min(cohort_month) end as cohort_month,
        min(cohort_month) as first_month,
        max(cohort_month) as last_month,
        sum(user_count) as user_count
    from {{ ref('int_seg__cohorts') }}
    group by cohort_key, as_of_date

),

buyer_months as (

    select
        cohorts.cohort_key,
        buyer_months.user_id,
        buyer_months.months_since_first_order,
        buyer_months.order_count,
        buyer_months.net_revenue
    from {{ ref('int_seg__buyer_months') }} as buyer_months
    inner join {{ ref('int_seg__cohorts') }} as cohorts
        on buyer_months.cohort_month = cohorts.cohort_month

),

{# Months of fifty years. #}
numbers as (

    select cast(generated_number - 1 as int) as number
    from ({{ dbt.generate_series(600) }}) as series

),

sums as (

    select
        cohort_key,
        months_since_first_order,
        count(*) as involved_user_count,
        sum(case when order_count > 0 then 1 else 0 end) as active_user_count,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue
    from buyer_months
    group by cohort_key, months_since_first_order

),

cells as (

    select
        cohorts.cohort_key,
        cohorts.as_of_date,
        cohorts.cohort_month,
        numbers.number as months_since_first_order,
        cohorts.user_count,
        coalesce(sums.involved_user_count, 0) as involved_user_count,
        coalesce(sums.active_user_count, 0) as active_user_count,
        coalesce(sums.order_count, 0) as order_count,
        coalesce(sums.net_revenue, 0) as net_revenue,
        cast({{ dbt.dateadd('month', 'numbers.number', 'cohorts.last_month') }} as date) < cohorts.as_of_date
            as is_reached,
        cast({{ dbt.dateadd('month', 'numbers.number + 1', 'cohorts.last_month') }} as date) <= cohorts.as_of_date
            as is_complete
    from cohorts
    inner join numbers
        on cast({{ dbt.dateadd('month', 'numbers.number', 'cohorts.first_month') }} as date) < cohorts.as_of_date
    left join sums
        on
            cohorts.cohort_key = sums.cohort_key
            and numbers.number = sums.months_since_first_order

),

judged as (

    select
        *,
        not is_reached
        or active_user_count between 1 and {{ least - 1 }}
        or user_count - active_user_count between 1 and {{ least - 1 }}
        or involved_user_count between 1 and {{ least - 1 }} as is_telling
    from cells

),

ranked as (

    select
        *,
        case
            when is_telling then 0
            when involved_user_count > 0 then row_number() over (
                partition by cohort_key, is_telling, involved_user_count > 0
                order by involved_user_count asc, months_since_first_order desc
            )
        end as suppression_rank
    from judged

),

{# From which rank on a user is among the suppressed. #}
user_ranks as (

    select
        buyer_months.cohort_key,
        buyer_months.user_id,
        min(ranked.suppression_rank) as suppression_rank
    from buyer_months
    inner join ranked
        on
            buyer_months.cohort_key = ranked.cohort_key
            and buyer_months.months_since_first_order = ranked.months_since_first_order
    group by buyer_months.cohort_key, buyer_months.user_id

),

hidden_users as (

    select
        cohort_key,
        suppression_rank,
        min(suppression_rank) over (partition by cohort_key) as first_rank,
        sum(count(*)) over (partition by cohort_key order by suppression_rank) as user_count
    from user_ranks
    group by cohort_key, suppression_rank

),

last_ranks as (

    select
        cohort_key,
        min(suppression_rank) as suppression_rank
    from hidden_users
    where first_rank = 0 and user_count >= {{ least }}
    group by cohort_key

)

select
    ranked.cohort_key,
    ranked.cohort_month,
    ranked.as_of_date,
    ranked.months_since_first_order,
    cast(ranked.user_count as bigint) as user_count,
    cast(ranked.active_user_count as bigint) as active_user_count,
    cast(ranked.order_count as bigint) as order_count,
    cast(ranked.net_revenue as decimal(18, 4)) as net_revenue,
    ranked.is_complete,
    ranked.is_telling or coalesce(ranked.suppression_rank <= last_ranks.suppression_rank, false) as is_suppressed
from ranked
left join last_ranks
    on ranked.cohort_key = last_ranks.cohort_key
