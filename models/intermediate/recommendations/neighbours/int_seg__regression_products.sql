{#
    One row per date, product and one of the products that the regression lets it speak for or against most: the weight with
    which an affinity to the one adds to the expected affinity to the other. Only products that may be recommended are
    spoken for. regression_rank: place by the weight, from 1.
#}

with

weights as (

    select
        cast(as_of_date as date) as as_of_date,
        cast(product_number as bigint) as product_number,
        cast(other_product_number as bigint) as regression_product_number,
        round(cast(weight as double), 6) as strength
    from {{ ref('ml_seg__product_regression_fits') }}

)

select
    weights.as_of_date,
    weights.product_number,
    weights.regression_product_number,
    weights.strength,
    row_number() over (
        partition by weights.as_of_date, weights.product_number
        order by weights.strength desc, weights.regression_product_number asc
    ) as regression_rank
from weights
inner join {{ ref('int_seg__recommendable_products') }} as products
    on
        weights.as_of_date = products.as_of_date
        and weights.regression_product_number = products.product_number
where products.is_eligible and weights.strength != 0
