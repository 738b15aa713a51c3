{#
    One row per stock code: input `products`. The shop has no catalogue, so the name is the most frequent description
    among lines with a price (lines without one describe what went wrong: 'damaged', '?', 'wet').
#}

with

described as (

    select
        stock_code,
        description,
        row_number() over (
            partition by stock_code
            order by count(case when unit_price > 0 then 1 end) desc, count(*) desc, description
        ) as description_number
    from {{ ref('stg_lines') }}
    group by stock_code, description

)

select
    stock_code as product_id,
    description as product_name,
    case
        when
            stock_code in (
                'POST', 'DOT', 'C2', 'M', 'D', 'S', 'B', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'PADS'
            )
            or stock_code like 'GIFT%'
            then 'service'
    end as category
from described
where description_number = 1
