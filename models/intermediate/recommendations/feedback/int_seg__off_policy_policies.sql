{#
    One row per target policy, user (null: any), place and product: with which probability the policy shows the product to
    the user in the place. `served` is today's list, `uniform` draws from all products that were shown with a logged
    propensity, `own` are those of the relation in `seg__target_policies`.
#}
{% set most = var('seg__max_feedback_positions') %}
{% set own = var('seg__target_policies', none) %}

with

rounds as (

    select * from {{ ref('int_seg__off_policy_rounds') }}

),

places as (

    select distinct place from rounds

),

shown_users as (

    select distinct user_id from rounds

),

shown_products as (

    select
        product_id,
        count(*) over () as product_count
    from (select distinct product_id from rounds) as products

),

served as (

    select
        recommendations.user_id,
        recommendations.product_id,
        recommendations.recommendation_rank,
        count(*) over (partition by recommendations.user_id) as list_count
    from {{ ref('seg__user_recommendations') }} as recommendations
    inner join shown_users
        on recommendations.user_id = shown_users.user_id

),

own as (

    {% if own %}
    select
        cast(policy as string) as policy,
        cast(user_id as string) as user_id,
        cast(product_id as string) as product_id,
        cast(position as bigint) as position,
        cast(probability as double) as probability,
        max(case when user_id is not null then 1 else 0 end) over (partition by policy) as has_users,
        max(case when position is not null then 1 else 0 end) over (partition by policy) as has_positions
    from {{ own }} as target_policies
    where policy is not null and product_id is not null and probability > 0 and probability <= 1
    {% else %}
    select
        cast(null as string) as policy,
        cast(null as string) as user_id,
        cast(null as string) as product_id,
        cast(null as bigint) as position,
        cast(null as double) as probability,
        0 as has_users,
        0 as has_positions
    where false
    {% endif %}

),

unioned as (

    select
        'served' as policy_type,
        'served' as policy,
        user_id,
        product_id,
        recommendation_rank as place,
        cast(1 as double) as probability
    from served
    where recommendation_rank <= {{ most }}

    union all

    -- Where the place is not known, any of the list.
    select
        'served' as policy_type,
        'served' as policy,
        user_id,
        product_id,
        0 as place,
        {{ ratio('1', 'list_count') }} as probability
    from served

    union all

    select
        'uniform' as policy_type,
        'uniform' as policy,
        cast(null as string) as user_id,
        shown_products.product_id,
        places.place,
        {{ ratio('1', 'shown_products.product_count') }} as probability
    from shown_products
    cross join places

    union all

    -- Rows for any user or position count where the policy names none at all.
    select
        'own' as policy_type,
        own.policy,
        own.user_id,
        own.product_id,
        places.place,
        own.probability
    from own
    inner join places
        on own.position = places.place or own.has_positions = 0
    where own.user_id is not null or own.has_users = 0

)

select
    cast(policy_type as string) as policy_type,
    cast(policy as string) as policy,
    user_id,
    product_id,
    cast(place as int) as place,
    {{ exact_sum('probability') }} as probability
from unioned
group by policy_type, policy, user_id, product_id, place
