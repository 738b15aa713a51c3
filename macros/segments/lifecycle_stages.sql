{#
    A select of one row per user: the stage of the buyer's life. A new buyer is new whatever else holds; won back is an
    active buyer whose last two orders lie further apart than it takes to lapse.
#}
{% macro lifecycle_stages(users) %}
    {% set lapsed_days = var('seg__lifecycle_lapsed_days') %}
    select
        user_id,
        as_of_date,
        cast(case
            when days_since_last_order is null then 'prospect'
            when days_since_first_order <= {{ var('seg__lifecycle_new_days') }} then 'new'
            when days_since_last_order >= {{ lapsed_days }} then 'lapsed'
            when days_since_last_order > {{ var('seg__lifecycle_active_days') }} then 'at_risk'
            when days_between_last_two_orders > {{ lapsed_days }} then 'won_back'
            else 'active'
        end as string) as segment_key
    from ({{ users }}) as users
{% endmacro %}
