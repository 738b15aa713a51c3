{#
    One row per sampled user, where a fit is due: what k-means is fitted on, at most `seg__max_training_rows`. Users that
    were never seen take no part: they have no behaviour to group.

    Where there are more users than that, the sample is a coreset: a user's chance is one half alike for all and one
    half in proportion to the squared distance from the mean, so that small far groups are not missed, and the weight
    is the inverse of the chance. The draw depends only on the ids and the seed.
    Sources: Bachem, Lucic & Krause 2018 (lightweight coresets); Ohlsson 1998 (sequential Poisson sampling).
#}

{% set max_rows = var('seg__max_training_rows') %}

with

users as (

    select
        *,
        {% for feature in cluster_features() %}
        {{ '+ ' if not loop.first }}scaled_{{ feature.name }} * scaled_{{ feature.name }}
        {% endfor %} as squared_distance
    from {{ ref('int_seg__cluster_features') }}
    where has_been_seen and (select bool_or(is_refit) from {{ ref('int_seg__refit_decisions') }})

),

totals as (

    select
        count(*) as user_count,
        {{ exact_sum('squared_distance') }} as squared_distance
    from users

),

{# How many of the sampled rows would be this user's. #}
chances as (

    select
        users.*,
        totals.user_count,
        {{ max_rows }} * (
            0.5 / totals.user_count
            + 0.5 * coalesce(
                {{ ratio('users.squared_distance', 'totals.squared_distance') }}, 1.0 / totals.user_count
            )
        ) as expected_count,
        (
            {{ md5_bucket("users.user_id || '-" ~ var('seg__random_seed') ~ "'", 2147483648) }} + 0.5
        ) / 2147483648 as draw
    from users
    cross join totals

),

picked as (

    select *
    from chances
    order by
        {# Everybody's chance is the same where all fit in. #}
        round(case when user_count <= {{ max_rows }} then draw else draw / expected_count end, 12),
        user_id
    limit {{ max_rows }}

)

select
    picked.user_id,
    picked.as_of_date,
    picked.net_revenue,
    last_assignments.cluster_number as last_cluster_number,
    cast(case
        when picked.user_count <= {{ max_rows }} then 1
        else greatest(1 / picked.expected_count, 1)
    end as double) as weight,
    {% for feature in cluster_features() %}
    picked.scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from picked
left join {{ ref('int_seg__last_fit_assignments') }} as last_assignments
    on picked.user_id = last_assignments.user_id and last_assignments.scheme = 'kmeans'
