{#
    One row per horizon and as-of date: the days after the date in which outcomes are counted. Dates lie whole windows
    apart, so that what happened in the window after each is known and no two overlap. The scoring date has no
    window: its outcomes are predicted.

    A window is as long as the horizon where the history holds three of them (to learn, to choose, to report) after
    a month to look back on. Where it does not, windows are a third of what there is, a week at least, and what is
    learnt on them is scaled up to the horizon.
#}
{% set least_window_days = 7 %}

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

horizons as (

    {% for horizon_days in prediction_horizons() %}
    select
        {{ horizon_days }} as horizon_days,
        {{ [horizon_days, 30] | min }} as least_history_days,
        {{ [horizon_days, least_window_days] | min }} as least_window_days,
        {# Dates of the long horizon cost features of their own: one to learn from is enough. #}
        {{ var('seg__training_date_count') if loop.first else 1 }} as training_date_count
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

lengths as (

    select
        horizons.horizon_days,
        horizons.training_date_count,
        bounds.scoring_date,
        cast({{ dbt.dateadd('day', 'horizons.least_history_days', 'bounds.first_date') }} as date)
            as earliest_date,
        cast(greatest(
            horizons.least_window_days,
            least(
                horizons.horizon_days,
                floor((
                    {{ dbt.datediff('bounds.first_date', 'bounds.scoring_date', 'day') }}
                    - horizons.least_history_days
                ) / 3.0)
            )
        ) as int) as window_days
    from bounds
    cross join horizons
    where bounds.first_date is not null

),

numbers as (

    {% for number in range([var('seg__training_date_count'), 1] | max + 3) %}
    select
        {{ number }} as date_number,
        '{{ {0: "scoring", 1: "test", 2: "validation"}.get(number, "train") }}' as split
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

dates as (

    select
        lengths.horizon_days,
        lengths.window_days,
        lengths.earliest_date,
        numbers.split,
        cast({{ dbt.dateadd('day', '-1 * numbers.date_number * lengths.window_days', 'lengths.scoring_date') }} as date)
            as as_of_date
    from lengths
    inner join numbers
        on numbers.date_number <= lengths.training_date_count + 2

)

select
    cast(horizon_days as int) as horizon_days,
    window_days,
    as_of_date,
    case
        when split <> 'scoring' then cast({{ dbt.dateadd('day', 'window_days', 'as_of_date') }} as date)
    end as label_until_date,
    cast(split as string) as split
from dates
where split = 'scoring' or as_of_date >= earliest_date
