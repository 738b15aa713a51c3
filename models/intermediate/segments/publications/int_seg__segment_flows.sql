{#
    One row per combination of segments that users were published in and are wanted in, over all schemes: how many users
    share it. Nothing of a group of users is decided on single users. Those who were published and are gone want nothing;
    they are counted here and nowhere kept.
#}

{% set columns = segment_combination_columns() %}

with

gone as (

    select
        {% for scheme in segment_schemes() %}
        published.{{ scheme }}_from,
        published.{{ scheme }}_last,
        cast(null as string) as {{ scheme }}_wanted{{ ',' if not loop.last }}
        {% endfor %}
    from ({{ published_before() }}) as published
    left join {{ ref('int_seg__segments_wanted') }} as wanted
        on published.user_id = wanted.user_id
    where wanted.user_id is null

),

unioned as (

    select
        combination_id,
        {{ columns | join(',\n        ') }}
    from {{ ref('int_seg__segments_wanted') }}

    union all

    select
        {{ segment_combination() }} as combination_id,
        {{ columns | join(',\n        ') }}
    from gone

)

select
    combination_id,
    {% for column in columns %}
    max({{ column }}) as {{ column }},
    {% endfor %}
    count(*) as user_count
from unioned
group by combination_id
