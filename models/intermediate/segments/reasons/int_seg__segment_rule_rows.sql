{#
    One row per sampled user and scheme: the segment, and the features that rules may speak of, in their own units, null
    where unknown. Trees of at most sixteen leaves learn no more from more than 50,000 users. The sample depends only on
    the ids and the seed.
#}

{% set most_users = [var('seg__max_training_rows') | int, 50000] | min %}

with

sampled as (

    select
        user_id,
        as_of_date,
        {% for feature in rule_features() %}
        cast({{ feature.sql }} as double) as feature_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from ({{ users_as_of('scoring') }}) as users
    order by
        {{ md5_bucket("user_id || '-" ~ var('seg__random_seed') ~ "'", 2147483648) }},
        user_id
    limit {{ most_users }}

)

select
    user_segments.scheme,
    user_segments.segment_key,
    sampled.*
from sampled
inner join {{ ref('int_seg__published_user_segments') }} as user_segments
    on sampled.user_id = user_segments.user_id
