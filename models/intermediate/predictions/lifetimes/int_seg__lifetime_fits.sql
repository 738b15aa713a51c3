{#
    One row per as-of date: the parameters of BG/NBD (days) and Gamma-Gamma (shop currency), null where a fit failed, and what turns
    order days into orders and money.
#}
with

{# Orders of one day count once for the models, and an order day may hold several. #}
shops as (

    select
        as_of_date,
        {{ exact_sum('orders_per_order_day * (repeat_count + 1)') }} / sum(repeat_count + 1) as orders_per_order_day,
        {{ exact_sum('coalesce(mean_order_value, 0)') }} / count(*) as mean_order_value
    from {{ ref('int_seg__order_histories') }}
    group by as_of_date

),

parameters as (

    select
        cast(as_of_date as date) as as_of_date,
        {% for name in ['r', 'alpha', 'a', 'b', 'p', 'q', 'v'] %}
        cast(max(case when parameter_name = '{{ name }}' and is_converged then parameter_value end) as double) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('ml_seg__lifetime_fits') }}
    group by as_of_date

)

select
    parameters.*,
    shops.orders_per_order_day,
    shops.mean_order_value
from parameters
left join shops
    on parameters.as_of_date = shops.as_of_date
