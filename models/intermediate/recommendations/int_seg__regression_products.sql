{#
    One row per date, product and one of the products that the regression lets it speak for most: the weight with which an
    affinity to the one adds to the expected affinity to the other. Only products that may be recommended are spoken for.
#}

with

weights as (

    select
        cast(as_of_date as date) as as_of_date,
        cast(product_number as bigint) as product_number,
        cast(other_product_number as bigint) as other_product_number,
        cast(weight as double) as weight
    from {{ ref('ml_seg__product_regression_fits') }}

),

ranked as (

    select
        weights.as_of_date,
        weights.product_number,
        weights.other_product_number as regression_product_number,
        round(weights.weight, 6) as strength,
        row_number() over (
            partition by weights.as_of_date, weights.product_number
            order by round(weights.weight, 6) desc, weights.other_product_number asc
        ) as regression_rank
    from weights
    inner join {{ ref('int_seg__recommendable_products') }} as products
        on
            weights.as_of_date = products.as_of_date
            and weights.other_product_number = products.product_number
    where products.is_eligible and round(weights.weight, 6) > 0

)

select * from ranked
where regression_rank <= {{ var('seg__similar_product_count') }}
