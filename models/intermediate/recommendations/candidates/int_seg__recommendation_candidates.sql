{#
    One row per earlier date, served user and product that may be recommended to the user, with what speaks for it: the
    user's own products, neighbours of the strongest of them in several senses, what is popular in the user's segment, and
    as many popular products as fill a list of any strategy. What the blend is learnt from and lists are measured on.
#}

with

user_products as (

    select * from {{ ref('int_seg__user_product_affinities') }}
    where is_served and split in ('test', 'validation')

),

products as (

    select
        as_of_date,
        product_number,
        popularity,
        trend,
        popularity_rank,
        fill_rank
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible

),

users as (

    select
        as_of_date,
        split,
        user_id,
        user_number,
        history_group
    from {{ ref('int_seg__recommendation_users') }}
    where is_served and split in ('test', 'validation')

),

found as (

    {{ products_found(lost_repeats='true') }}

),

candidates as (

    select
        as_of_date,
        user_number,
        product_number,
        bool_or(is_repeat) as is_repeat,
        {% for strength in found_strengths() %}
        max({{ strength }}_strength) as {{ strength }}_strength{{ ',' if not loop.last }}
        {% endfor %}
    from found
    group by as_of_date, user_number, product_number
    having bool_or(is_candidate) and not bool_or(is_excluded)

)

select
    candidates.as_of_date,
    users.split,
    candidates.user_number,
    candidates.product_number,
    users.history_group,
    {% for strength in found_strengths() %}
    candidates.{{ strength }}_strength,
    {% endfor %}
    products.popularity as popular_strength,
    products.trend as trending_strength,
    products.popularity_rank,
    candidates.is_repeat
from candidates
inner join users
    on
        candidates.as_of_date = users.as_of_date
        and candidates.user_number = users.user_number
inner join products
    on
        candidates.as_of_date = products.as_of_date
        and candidates.product_number = products.product_number
