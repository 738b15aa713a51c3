{#
    One row per month of a first order: the cohort that its buyers are published under. Months of fewer buyers than
    `seg__minimum_group_size` make one cohort, `other`; where they are still too few the next smallest month joins them. No row where even
    all buyers together are too few.
#}

{% set least = var('seg__minimum_group_size') %}

with

cohorts as (

    select
        cohort_month,
        as_of_date,
        count(distinct user_id) as user_count
    from {{ ref('int_seg__buyer_months') }}
    group by cohort_month, as_of_date

),

compared as (

    select
        *,
        min(user_count) over () < {{ least }} as is_any_too_small,
        coalesce(sum(user_count) over (
            order by user_count, cohort_month rows between unbounded preceding and 1 preceding
        ), 0) as smaller_user_count
    from cohorts

),

published as (

    select
        cohort_month,
        as_of_date,
        case
            when user_count < {{ least }} or (is_any_too_small and smaller_user_count < {{ least }}) then 'other'
            else cast(cohort_month as string)
        end as cohort_key,
        user_count
    from compared

),

keyed as (

    select
        *,
        sum(user_count) over (partition by cohort_key) as cohort_user_count
    from published

)

select
    cohort_month,
    as_of_date,
    cast(cohort_key as string) as cohort_key,
    cast(user_count as bigint) as user_count
from keyed
where cohort_user_count >= {{ least }}
