{#
    One row per date as of which features are computed. The scoring date ends what may be read; the others lie
    whole horizons earlier, so that what happened within the horizon after each is known and no two overlap.
#}

{% set horizon_days = var('seg__horizon_days') %}

with

activity as (

    select
        min(event_date) as first_date,
        max(event_date) as last_date
    from {{ ref('seg__events') }}

    union all

    select
        min(order_date) as first_date,
        max(order_date) as last_date
    from {{ ref('seg__order_lines') }}

),

bounds as (

    select
        min(first_date) as first_date,
        {% if var('seg__as_of_date') %}
        cast('{{ var("seg__as_of_date") }}' as date) as scoring_date
        {% else %}
        cast({{ dbt.dateadd('day', 1, 'max(last_date)') }} as date) as scoring_date
        {% endif %}
    from activity

),

dates as (

    {% for number in range(var('seg__training_date_count') + 3) %}
    select
        cast({{ dbt.dateadd('day', -1 * number * horizon_days, 'scoring_date') }} as date) as as_of_date,
        '{{ {0: "scoring", 1: "test", 2: "validation"}.get(number, "train") }}' as split,
        first_date
    from bounds
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    as_of_date,
    cast(split as string) as split,
    case
        when split <> 'scoring' then cast({{ dbt.dateadd('day', horizon_days, 'as_of_date') }} as date)
    end as label_until_date,
    cast({{ horizon_days }} as int) as horizon_days
from dates
where
    first_date is not null
    and (
        split = 'scoring'
        -- Features need some history: a month, or a horizon where that is shorter.
        or as_of_date >= cast({{ dbt.dateadd('day', [horizon_days, 30] | min, 'first_date') }} as date)
    )
