{#
    One row per user, product and way to it at the scoring date: what speaks for the product, whether it may compete by what
    the row says, and whether it is a repeat or excluded, which the other rows of the product do not know.
#}
{{ config(materialized='kept_in_realtime', meta={'whole': 'view'}) }}

with

users as (

    {{ serving_users() }}

),

-- Whether the blend of the user's group asks what is near to the product, in each sense.
user_products as (

    select
        user_products.*,
        {% for strength in neighbour_lookups() %}
        users.{{ strength }}_weight > 0 as asks_{{ strength }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ of_run('int_seg__user_product_affinities') }} as user_products
    inner join users
        on user_products.user_number = users.user_number
    where user_products.is_served and user_products.split = 'scoring'

),

products as (

    select
        as_of_date,
        product_number,
        fill_rank
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible and split = 'scoring'

),

found as (

    {{ products_found(lost_repeats='false' if var('seg__recommend_repeats') else 'true', asked_only=true) }}

)

select * from found
