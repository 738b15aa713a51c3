{#
    One row per date and product: how popular it was before the date and whether it may be recommended.
    Stock, cost and price are known for today only: for earlier dates a product that was sold or viewed recently counts as on
    sale, at any margin. Out of season recently is when anything was last sold or viewed. Where the shop tells the stock of most products that it lists, those that it does not list are gone.
    What was bought and came back makes no product popular.
#}

with

products as (

    select
        product_id,
        product_name,
        category,
        case
            when is_listed or 2 * count(stock_on_hand) over () <= sum(case when is_listed then 1 else 0 end) over ()
                then stock_on_hand
            else 0
        end as stock_on_hand,
        is_service,
        row_number() over (order by product_id) as product_number
    from {{ ref('seg__products') }}

),

as_of_dates as (

    select
        as_of_date,
        split
    from {{ ref('int_seg__as_of_dates') }}
    where split in ('scoring', 'test', 'validation')

),

-- Whole numbers: their sums do not depend on the order of the rows.
counted as (

    select
        as_of_dates.as_of_date,
        signals.product_id,
        signals.activity_date,
        sum(case when sent_back.product_id is null then signals.is_target else 0 end) as target_count,
        sum(cast(round(greatest(signals.browse_weight, 0)) as bigint)) as browse_weight
    from {{ ref('int_seg__product_signals') }} as signals
    inner join as_of_dates
        on signals.activity_date < as_of_dates.as_of_date
    left join {{ ref('int_seg__products_sent_back') }} as sent_back
        on
            as_of_dates.as_of_date = sent_back.as_of_date
            and signals.user_id = sent_back.user_id
            and signals.product_id = sent_back.product_id
    group by as_of_dates.as_of_date, signals.product_id, signals.activity_date

),

summed as (

    select
        as_of_date,
        product_id,
        max(activity_date) as last_activity_date,
        sum(target_count) as target_count,
        {{ exact_sum(
            'target_count * ' ~ half_life_decay('activity_date', 'as_of_date', var('seg__popularity_half_life_days'))
        ) }} as target_popularity,
        {{ exact_sum(
            'target_count * ' ~ half_life_decay('activity_date', 'as_of_date', 7)
        ) }} as target_trend,
        {{ exact_sum(
            'browse_weight * ' ~ half_life_decay('activity_date', 'as_of_date', var('seg__popularity_half_life_days'))
        ) }} as browse_popularity
    from counted
    group by as_of_date, product_id

),

last_days as (

    select
        as_of_date,
        max(last_activity_date) as last_activity_date
    from summed
    group by as_of_date

),

judged as (

    select
        as_of_dates.as_of_date,
        as_of_dates.split,
        products.product_id,
        products.product_number,
        products.product_name,
        products.category,
        coalesce(summed.target_count, 0) as target_count,
        round(coalesce(summed.target_popularity, 0), 6) as target_popularity,
        round(coalesce(summed.target_trend, 0), 6) as target_trend,
        round(coalesce(summed.browse_popularity, 0), 6) as browse_popularity,
        not products.is_service
        and (as_of_dates.split <> 'scoring' or product_rules.is_margin_enough)
        and case
            when as_of_dates.split = 'scoring' and products.stock_on_hand is not null
                then products.stock_on_hand > 0
            else coalesce(
                summed.last_activity_date >= {{ dbt.dateadd(
                    'day', 1 - var('seg__product_on_sale_days'), 'last_days.last_activity_date'
                ) }},
                false
            )
        end as is_eligible
    from as_of_dates
    cross join products
    inner join {{ ref('int_seg__product_rules') }} as product_rules
        on products.product_id = product_rules.product_id
    left join summed
        on
            as_of_dates.as_of_date = summed.as_of_date
            and products.product_id = summed.product_id
    left join last_days
        on as_of_dates.as_of_date = last_days.as_of_date

),

ranked as (

    select
        *,
        max(target_popularity) over (partition by as_of_date) as highest_popularity,
        max(target_trend) over (partition by as_of_date) as highest_trend,
        row_number() over (
            partition by as_of_date, is_eligible
            order by target_popularity desc, browse_popularity desc, product_number asc
        ) as raw_rank
    from judged

),

-- Lists are filled up in this order: the first of it hold no more of a category than a list may.
with_fill_ranks as (

    {{ diversified('ranked', ['as_of_date', 'is_eligible'], var('seg__max_recommendations_per_category')) }}

)

select
    as_of_date,
    split,
    product_id,
    product_number,
    product_name,
    category,
    cast(target_count as bigint) as target_count,
    coalesce({{ ratio('target_popularity', 'highest_popularity') }}, 0) as popularity,
    coalesce({{ ratio('target_trend', 'highest_trend') }}, 0) as trend,
    case when is_eligible then raw_rank end as popularity_rank,
    case when is_eligible then recommendation_rank end as fill_rank,
    is_eligible
from with_fill_ranks
