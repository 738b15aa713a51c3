{# A select of one row per user: how recently, how often and for how much, scored among all buyers, and the RFM segment. #}
{% macro rfm_scored(users) %}
    {% set cut_points = var('seg__rfm_cut_points') or {} %}

    with

    users as (

        select
            user_id,
            as_of_date,
            days_since_last_order,
            order_count,
            net_revenue
        from ({{ users }}) as all_users

    ),

    buyer_scores as (

        select
            user_id,
            {{ quantile_score('days_since_last_order', order='desc', cut_points=cut_points.get('recency')) }}
                as recency_score,
            {{ quantile_score('order_count', cut_points=cut_points.get('frequency')) }} as frequency_score,
            {{ quantile_score('net_revenue', cut_points=cut_points.get('monetary')) }} as monetary_score
        from users
        where order_count > 0

    ),

    scored as (

        select
            users.*,
            coalesce(buyer_scores.recency_score, 0) as recency_score,
            coalesce(buyer_scores.frequency_score, 0) as frequency_score,
            coalesce(buyer_scores.monetary_score, 0) as monetary_score,
            cast(ceil((
                coalesce(buyer_scores.frequency_score, 0) + coalesce(buyer_scores.monetary_score, 0)
            ) / 2.0) as int) as value_score
        from users
        left join buyer_scores
            on users.user_id = buyer_scores.user_id

    ),

    cells as (

        {{ reference_rows(
            'rfm_cells',
            'recency_score * 10 + value_score',
            ['recency_score', 'value_score', 'segment_key', 'segment_name', 'segment_rank']
        ) }}

    )

    select
        scored.user_id,
        scored.as_of_date,
        cast(cells.segment_key as string) as segment_key,
        cast(cells.segment_name as string) as segment_name,
        cast(cells.segment_rank as int) as segment_rank,
        cast(scored.days_since_last_order as bigint) as days_since_last_order,
        cast(scored.order_count as bigint) as order_count,
        cast(scored.net_revenue as double) as net_revenue,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        scored.value_score
    from scored
    left join cells
        on
            scored.recency_score = cells.recency_score
            and scored.value_score = cells.value_score
{% endmacro %}
