{# One row per user and as-of date with a known category or brand: breadth, favourites and price level. #}

with

ranked as (

    select
        *,
        {{ ratio('affinity', 'sum(cast(affinity as decimal(28, 8))) over (
            partition by user_id, as_of_date, attribute
        )') }} as affinity_share,
        row_number() over (
            partition by user_id, as_of_date, attribute
            order by affinity desc, attribute_value asc
        ) as attribute_rank
    from {{ ref('int_seg__user_affinities') }}

),

category_prices as (

    select
        as_of_date,
        attribute_value as category,
        {{ ratio('sum(gross_revenue)', 'sum(unit_count)') }} as mean_unit_price
    from {{ ref('int_seg__user_affinities') }}
    where attribute = 'category' and unit_count > 0
    group by as_of_date, attribute_value

)

select
    ranked.user_id,
    ranked.as_of_date,
    max(case
        when ranked.attribute = 'category' and ranked.attribute_rank = 1 and ranked.affinity > 0
            then ranked.attribute_value
    end) as favourite_category,
    max(case
        when ranked.attribute = 'brand' and ranked.attribute_rank = 1 and ranked.affinity > 0
            then ranked.attribute_value
    end) as favourite_brand,
    sum(case when ranked.attribute = 'category' and ranked.affinity > 0 then 1 else 0 end) as category_count,
    {{ exact_sum("case
        when ranked.attribute = 'category' and ranked.affinity_share > 0
            then -1 * ranked.affinity_share * ln(ranked.affinity_share)
    end") }} as category_entropy,
    max(case when ranked.attribute = 'category' then ranked.affinity_share end) as favourite_category_share,
    max(case when ranked.attribute = 'brand' then ranked.affinity_share end) as favourite_brand_share,
    {{ ratio(
        'sum(case when category_prices.category is not null then ranked.gross_revenue end)',
        exact_sum('ranked.unit_count * category_prices.mean_unit_price')
    ) }} as price_level
from ranked
left join category_prices
    on
        ranked.attribute = 'category'
        and ranked.as_of_date = category_prices.as_of_date
        and ranked.attribute_value = category_prices.category
group by ranked.user_id, ranked.as_of_date
