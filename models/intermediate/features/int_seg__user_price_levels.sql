{# One row per user and as-of date with a purchase in a known category: what was paid against the mean of the categories. #}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_score'}) }}
select
    affinities.user_id,
    affinities.as_of_date,
    {{ ratio(
        'sum(affinities.gross_revenue)',
        exact_sum('affinities.unit_count * category_prices.mean_unit_price')
    ) }} as price_level
from {{ ref('int_seg__user_affinities') }} as affinities
inner join {{ ref('int_seg__category_prices') }} as category_prices
    on
        affinities.as_of_date = category_prices.as_of_date
        and affinities.attribute_value = category_prices.category
where
    affinities.attribute = 'category'
    and affinities.unit_count > 0
    and {{ only_users_to_refresh('affinities.user_id', 'int_seg__users_to_score') }}
group by affinities.user_id, affinities.as_of_date
