{#
    One row per published cohort and month since the first order, and whether its figures may be shown. The suppressed
    cells of a cohort must stand for `seg__minimum_group_size` users together, or totals less what is shown would tell of fewer; where
    they do not, the smallest of the other cells are suppressed until they do.
#}

{% set least = var('seg__minimum_group_size') %}

with

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
    from {{ ref('int_seg__cohort_cells') }}

),

{# From which rank on a user is among the suppressed. #}
user_ranks as (

    select
        cohorts.cohort_key,
        buyer_months.user_id,
        min(ranked.suppression_rank) as suppression_rank
    from {{ ref('int_seg__buyer_months') }} as buyer_months
    inner join {{ ref('int_seg__cohorts') }} as cohorts
        on buyer_months.cohort_month = cohorts.cohort_month
    inner join ranked
        on
            cohorts.cohort_key = ranked.cohort_key
            and buyer_months.months_since_first_order = ranked.months_since_first_order
    group by cohorts.cohort_key, buyer_months.user_id

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
    ranked.user_count,
    ranked.active_user_count,
    ranked.order_count,
    ranked.net_revenue,
    ranked.is_complete,
    ranked.is_telling or coalesce(ranked.suppression_rank <= last_ranks.suppression_rank, false) as is_suppressed
from ranked
left join last_ranks
    on ranked.cohort_key = last_ranks.cohort_key
