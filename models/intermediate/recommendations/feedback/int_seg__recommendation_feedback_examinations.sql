{#
    One row per place in which recommendations were shown: how likely it is examined, compared with the first.

    The position-based model: a click needs an examined place and a relevant product, so that clicks on a product in a
    place are Poisson with mean impressions x examination of the place x relevance (Joachims et al. 2017; Wang et al. 2018
    fit it by EM). What a strategy shows in several places tells the places apart: each strategy and product has a relevance
    of its own, which drops out of the likelihood however many there are (Hausman, Hall & Griliches 1984). The steps
    below climb that likelihood from an equal examination everywhere; a prior of `seg__examination_prior_clicks` holds
    places with few clicks near it.
#}
{% set step_count = 25 %}
{% set prior = var('seg__examination_prior_clicks') %}

with

counted as (

    select
        strategy,
        product_id,
        place,
        count(*) as impression_count,
        sum(is_clicked) as click_count
    from {{ ref('int_seg__recommendation_feedback_impressions') }}
    group by strategy, product_id, place

),

places as (

    select
        place,
        sum(impression_count) as impression_count,
        sum(click_count) as click_count,
        case when place = first_value(place) over (order by case when place > 0 then place end nulls last) then 1 else 0 end
            as is_first
    from counted
    group by place

),

{# Products without a click, or in one place only, say nothing of places. #}
cells as (

    select *
    from (
        select
            strategy,
            product_id,
            place,
            impression_count,
            click_count,
            sum(click_count) over (partition by strategy, product_id) as product_click_count,
            count(*) over (partition by strategy, product_id) as place_count
        from counted
    ) as compared
    where place_count > 1 and product_click_count > 0

),

examinations_0 as (

    select
        place,
        is_first,
        cast(1 as double) as examination
    from places

),

{% for step in range(1, step_count + 1) %}
expected_{{ step }} as (

    select
        place,
        sum(click_count) as click_count,
        {{ exact_sum('impression_count * examination * product_click_count / examined_count') }} as expected_count
    from (
        select
            cells.place,
            cells.click_count,
            cells.impression_count,
            cells.product_click_count,
            examinations_{{ step - 1 }}.examination,
            cast(sum(cast(cells.impression_count * examinations_{{ step - 1 }}.examination as decimal(28, 8)))
                over (partition by cells.strategy, cells.product_id) as double) as examined_count
        from cells
        inner join examinations_{{ step - 1 }}
            on cells.place = examinations_{{ step - 1 }}.place
    ) as examined
    group by place

),

examinations_{{ step }} as (

    select
        place,
        is_first,
        round(examination / max(case when is_first = 1 then examination end) over (), 8) as examination
    from (
        select
            examinations_{{ step - 1 }}.place,
            examinations_{{ step - 1 }}.is_first,
            examinations_{{ step - 1 }}.examination * coalesce({{ ratio(
                'expected_' ~ step ~ '.click_count + ' ~ prior,
                'expected_' ~ step ~ '.expected_count + ' ~ prior ~ ' * examinations_' ~ (step - 1) ~ '.examination'
            ) }}, 1) as examination
        from examinations_{{ step - 1 }}
        left join expected_{{ step }}
            on examinations_{{ step - 1 }}.place = expected_{{ step }}.place
    ) as risen

),
{% endfor %}

informative as (

    select
        place,
        sum(click_count) as click_count
    from cells
    group by place

)

select
    examinations.place,
    cast(places.impression_count as bigint) as impression_count,
    cast(places.click_count as bigint) as click_count,
    cast(coalesce(informative.click_count, 0) as bigint) as informative_click_count,
    -- A place without any click is examined almost never, but not never; of a place that nothing tells of, like the first.
    case when informative.place is null then 1 else greatest(round(examinations.examination, 6), 0.001) end
        as examination
from examinations_{{ step_count }} as examinations
inner join places
    on examinations.place = places.place
left join informative
    on examinations.place = informative.place
