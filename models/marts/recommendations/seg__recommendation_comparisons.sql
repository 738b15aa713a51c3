{#
    One row per strategy other than the blend, whether repeats are allowed and user group: how much better the blend's
    lists of ten were for the same users, and whether that is more than chance.
#}

with

replicates as (

    select
        strategy,
        repeats_allowed,
        user_group,
        replicate_number,
        user_count,
        ndcg
    from {{ ref('int_seg__recommendation_replicates') }}
    where k = 10

),

differences as (

    select
        compared.strategy as compared_strategy,
        compared.repeats_allowed,
        compared.user_group,
        compared.replicate_number,
        compared.user_count,
        blend.ndcg,
        compared.ndcg as compared_ndcg,
        -- A tie is a tie, whatever the last digits of two quotients.
        round(blend.ndcg - compared.ndcg, 9) as difference
    from replicates as blend
    inner join replicates as compared
        on
            blend.repeats_allowed = compared.repeats_allowed
            and blend.user_group = compared.user_group
            and blend.replicate_number = compared.replicate_number
    where blend.strategy = 'personal' and compared.strategy <> 'personal'

),

measured as (

    select
        compared_strategy,
        repeats_allowed,
        user_group,
        max(user_count) as user_count,
        max(case when replicate_number = 0 then ndcg end) as ndcg,
        max(case when replicate_number = 0 then compared_ndcg end) as compared_ndcg,
        max(case when replicate_number = 0 then difference end) as difference,
        {{ replicate_quantile('difference', 0.025) }} as interval_low,
        {{ replicate_quantile('difference', 0.975) }} as interval_high
    from differences
    group by compared_strategy, repeats_allowed, user_group

),

as_of_dates as (

    select
        max(case when split = 'scoring' then as_of_date end) as as_of_date,
        max(case when split = 'test' then as_of_date end) as test_date
    from {{ ref('int_seg__as_of_dates') }}

)

select
    as_of_dates.as_of_date,
    as_of_dates.test_date,
    'personal' as strategy,
    cast(measured.compared_strategy as string) as compared_strategy,
    cast(measured.user_group as string) as user_group,
    'ndcg' as metric_name,
    -- Of fewer users a bootstrap is too sure: of 20 it calls up to one even race in eleven lost, of 50 one in twenty.
    case
        when measured.user_count < 50 then 'too few users'
        when measured.interval_low > 0 then 'ahead'
        when measured.interval_high < 0 then 'behind'
        else 'level'
    end as verdict,
    cast(10 as int) as k,
    cast(round(measured.ndcg, 8) as double) as metric_value,
    cast(round(measured.compared_ndcg, 8) as double) as compared_value,
    cast(round(measured.difference, 8) as double) as difference,
    cast(round(case when measured.user_count > 1 then measured.interval_low end, 8) as double) as interval_low,
    cast(round(case when measured.user_count > 1 then measured.interval_high end, 8) as double) as interval_high,
    cast(measured.user_count as bigint) as user_count,
    measured.repeats_allowed,
    measured.compared_strategy in ({{ "'" ~ recommendation_baselines() | join("', '") ~ "'" }}) as is_baseline
from measured
cross join as_of_dates
