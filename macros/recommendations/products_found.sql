{#
    A select of what speaks for each product to each user: as_of_date, user_number, product_number, is_repeat, is_excluded,
    is_candidate (whether the product may compete by what this row says) and a column `<name>_strength` (0-1) per strength
    but those of the product alone. Of a product and user there are as many rows as there are ways to it.
    Reads the CTEs `users` and `user_products`, of one run and served, and `products`, which may be recommended.
    lost_repeats: a condition that says which bought `user_products` have no place in some list.
    asked_only: whether neighbours are looked up only where `user_products` says so, in a column `asks_<name>` per sense.
#}
{% macro products_found(lost_repeats, asked_only=false) -%}
    {%- set list_length = [var('seg__recommendation_count'), recommendation_cutoffs() | max] | max -%}
    with

    {% for strength, lookup in neighbour_lookups().items() %}
    {{ strength }}_candidates as (

        {%- set is_asked = ' and user_products.asks_' ~ strength if asked_only else '' %}
        {{ neighbour_candidates(lookup.sources ~ is_asked, lookup.neighbours, lookup.to_product, lookup.strength) }}

    ),

    {% endfor %}
    segment_candidates as (

        select
            users.as_of_date,
            users.user_number,
            popular.product_number,
            popular.popularity as strength
        from users
        inner join {{ of_run('int_seg__user_recommendation_segments') }} as user_segments
            on
                users.as_of_date = user_segments.as_of_date
                and users.user_id = user_segments.user_id
        inner join {{ ref('int_seg__segment_popularity') }} as popular
            on
                {{ stored_date('user_segments.as_of_date') }} = popular.as_of_date
                and user_segments.segment_key = popular.segment_key
        where popular.popularity_rank <= {{ list_length }}

    ),

    -- Of users who have more products than compete: what they buy most often, however long ago.
    most_bought_candidates as (

        select
            as_of_date,
            user_number,
            {{ packed_number('packed') }} as product_number
        from (
            {{ largest_numbers('(
                select
                    as_of_date,
                    user_number,
                    ' ~ packed('cast(round(favourite_strength * 1000000) as bigint)', 'product_number') ~ ' as packed
                from user_products
                where is_eligible and product_count > ' ~ var('seg__max_own_products') ~ '
            ) as bought', ['as_of_date', 'user_number'], 'packed', list_length) }}
        ) as largest

    ),

    -- Of each user the products that have no place: as many more popular ones are enough to fill a list.
    lost_products as (

        select
            as_of_date,
            user_number,
            row_number() over (partition by as_of_date, user_number order by product_number) as lost_number
        from user_products
        where is_eligible and (is_excluded or is_bought and {{ lost_repeats }})

    ),

    popular_candidates as (

        select
            users.as_of_date,
            users.user_number,
            products.product_number
        from users
        inner join products
            on {{ stored_date('users.as_of_date') }} = products.as_of_date
        where products.fill_rank <= {{ list_length }}

        union all

        select
            lost_products.as_of_date,
            lost_products.user_number,
            products.product_number
        from lost_products
        inner join products
            on
                {{ stored_date('lost_products.as_of_date') }} = products.as_of_date
                and lost_products.lost_number + {{ list_length }} = products.fill_rank

    )

    -- All of the user's products are here to be known as repeats or excluded, whether they are candidates or not.
    select
        as_of_date,
        user_number,
        product_number,
        is_bought as is_repeat,
        is_excluded,
        affinity_rank <= {{ var('seg__max_own_products') }} as is_candidate,
        {% for strength in found_strengths() %}
        {{ strength ~ '_strength' if strength in own_strengths() else '0.0 as ' ~ strength ~ '_strength' }}{{ ',' if not loop.last }}
        {% endfor %}
    from user_products

    {% for found_by in found_strengths() + ['most_bought', 'popular'] if found_by not in own_strengths() %}
    union all

    select
        as_of_date,
        user_number,
        product_number,
        false as is_repeat,
        false as is_excluded,
        true as is_candidate,
        {% for strength in found_strengths() %}
        {{ 'strength' if strength == found_by else '0.0' }} as {{ strength }}_strength{{ ',' if not loop.last }}
        {% endfor %}
    from {{ found_by }}_candidates

    {% endfor %}
{%- endmacro %}
