{#
    A select of the products of which everything that the user bought before the date had come back by then: as_of_date,
    user_id, product_id.
    dates: name of a relation with as_of_date. of_users: a condition on user_id.
#}
{% macro products_sent_back(dates, of_users='true') -%}
    select
        {{ dates }}.as_of_date,
        days.user_id,
        days.product_id
    from (
        select
            user_id,
            product_id,
            activity_date,
            unit_count,
            returned_unit_count
        from {{ ref('int_seg__user_product_days') }}
        where {{ of_users }}
    ) as days
    -- Sums of those pairs alone of which something came back: few of all that is bought.
    inner join (
        select distinct
            user_id,
            product_id
        from {{ ref('int_seg__user_product_days') }}
        where returned_unit_count > 0 and {{ of_users }}
    ) as returned
        on
            days.user_id = returned.user_id
            and days.product_id = returned.product_id
    inner join {{ dates }}
        on days.activity_date < {{ dates }}.as_of_date
    group by {{ dates }}.as_of_date, days.user_id, days.product_id
    having sum(days.returned_unit_count) > 0 and sum(days.unit_count - days.returned_unit_count) <= 0
{%- endmacro %}
