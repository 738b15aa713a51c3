{#
    One row per user, product and way to it at the scoring date: what speaks for the product, whether it may compete by what
    the row says, and whether it is a repeat or excluded, which the other rows of the product do not know.
#}
{{ config(materialized='kept_in_realtime', meta={'whole': 'view'}) }}

with

user_products as (

    select * from {{ of_run('int_seg__user_product_affinities') }}
    where is_served and split = 'scoring'

),

products as (

    select
        as_of_date,
        product_number,
        fill_rank
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible and split = 'scoring'

),

users as (

    select
        as_of_date,
        user_id,
        user_number
    from {{ of_run('int_seg__recommendation_users') }}
    where is_served and split = 'scoring'

),

found as (

    {{ products_found(lost_repeats='false' if var('seg__recommend_repeats') else 'true') }}

)

select * from found
