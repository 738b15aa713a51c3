{#
    One row per click, redemption or order of a product, with the impression that it belongs to: the latest of the same
    user and product (and campaign, where both name one) up to `seg__attribution_days` before. Clicks and redemptions
    without one are kept, with null; orders are not: most have nothing to do with recommendations.
#}

with

shown as (

    select * from {{ ref('int_seg__recommendation_feedback_touches') }}
    where touch_type = 'impression'

),

shown_products as (

    select distinct
        user_id,
        product_id,
        as_of_date
    from shown

),

responses as (

    select
        touch_id as response_id,
        case touch_type when 'click' then 'click' else 'redemption' end as response_type,
        user_id,
        product_id,
        campaign_id,
        strategy,
        touched_at as responded_at
    from {{ ref('int_seg__recommendation_feedback_touches') }}
    where touch_type <> 'impression'

    union all

    select
        order_lines.order_line_id as response_id,
        'order' as response_type,
        order_lines.user_id,
        order_lines.product_id,
        null as campaign_id,
        null as strategy,
        order_lines.ordered_at as responded_at
    from {{ ref('seg__order_lines') }} as order_lines
    inner join shown_products
        on
            order_lines.user_id = shown_products.user_id
            and order_lines.product_id = shown_products.product_id
            and order_lines.ordered_at < cast(shown_products.as_of_date as timestamp)
    where not order_lines.is_return and not order_lines.is_cancelled

),

attributed as (

    select
        responses.response_id,
        responses.response_type,
        shown.touch_id as impression_id,
        row_number() over (
            partition by responses.response_type, responses.response_id
            order by
                shown.touched_at desc,
                case when responses.campaign_id = shown.campaign_id then 0 else 1 end asc,
                shown.touch_id asc
        ) as impression_number
    from responses
    inner join shown
        on
            responses.user_id = shown.user_id
            and responses.product_id = shown.product_id
            and responses.responded_at >= shown.touched_at
            and responses.responded_at < {{ dbt.dateadd('day', var('seg__attribution_days'), 'shown.touched_at') }}
            and coalesce(responses.campaign_id = shown.campaign_id, true)

)

select
    responses.response_id,
    responses.response_type,
    attributed.impression_id,
    responses.user_id,
    responses.product_id,
    responses.responded_at,
    responses.strategy
from responses
left join attributed
    on
        responses.response_id = attributed.response_id
        and responses.response_type = attributed.response_type
        and attributed.impression_number = 1
where responses.response_type <> 'order' or attributed.impression_id is not null
