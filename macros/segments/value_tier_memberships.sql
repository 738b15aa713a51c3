{#
    A select of one row per user and as-of date: the tier by net revenue. A user is in the first tier that can hold all
    users of at least the own revenue: no tier holds more than its share, and equal users, who cannot all be held, go one
    tier down together. Where all brought the same nobody stands out.
#}
{% macro value_tier_memberships(users) %}
    with

    tiers as (

        {{ reference_rows('value_tiers', 'segment_key', ['segment_key', 'tier_rank', 'cumulative_share']) }}

    ),

    bounds as (

        select
            segment_key,
            cumulative_share,
            coalesce(lag(cumulative_share) over (order by cumulative_share, tier_rank), 0) as share_above
        from tiers
        where cumulative_share is not null

    ),

    rest as (

        select min_by(segment_key, tier_rank) as segment_key
        from tiers
        where cumulative_share is null

    ),

    shares as (

        select
            users.user_id,
            users.as_of_date,
            {# Rounded: 7 of 35 users are 0.2. #}
            case
                when users.net_revenue > 0 then round({{ ratio(
                    "count(*) over (partition by users.as_of_date, users.net_revenue > 0 order by users.net_revenue desc)",
                    'count(*) over (partition by users.as_of_date, users.net_revenue > 0)'
                ) }}, 9)
            end as share_at_least_as_valuable
        from ({{ users }}) as users

    )

    select
        shares.user_id,
        shares.as_of_date,
        cast(coalesce(bounds.segment_key, rest.segment_key) as string) as segment_key
    from shares
    cross join rest
    left join bounds
        on
            shares.share_at_least_as_valuable > bounds.share_above
            and shares.share_at_least_as_valuable <= bounds.cumulative_share
{% endmacro %}
