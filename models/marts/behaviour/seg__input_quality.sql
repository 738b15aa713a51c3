{# One row per input: where each of its rows went. #}

with

received as (

    {% for input_name in input_contract(none) %}
    select
        '{{ input_name }}' as input_name,
        count(*) as received_count
    from {{ ref('stg_seg__' ~ input_name) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

kept as (

    -- Requests are honoured and not stored: counted where they are read.
    select
        'erasure_requests' as input_name,
        count(distinct user_id) as kept_count,
        count(*) - count(distinct user_id) as duplicate_count
    from {{ ref('int_seg__erasure_requests_judged') }}
    where reject_reason is null

    {% for input_name, relation, condition in [
        ('events', ref('seg__events'), "source_input = 'events'"),
        ('order_lines', ref('seg__order_lines'), "source_input = 'order_lines'"),
        ('products', ref('seg__products'), 'is_listed'),
        ('users', ref('int_seg__users_kept'), 'true'),
        ('reviews', ref('int_seg__reviews_kept'), 'true'),
        ('campaign_touches', ref('int_seg__campaign_touches_kept'), 'true'),
        ('identities', ref('int_seg__identities_kept'), 'true'),
    ] %}
    union all

    select
        '{{ input_name }}' as input_name,
        count(*) as kept_count,
        coalesce(sum(copy_count - 1), 0) as duplicate_count
    from {{ relation }}
    where {{ condition }}

    {% endfor %}
),

rejected as (

    select
        input_name,
        count(*) as rejected_count
    from {{ ref('seg__rejected_rows') }}
    group by input_name

),

relations as (

    select
        input_name,
        max(relation_name) as relation_name
    from {{ ref('stg_seg__input_columns') }}
    group by input_name

)

select
    cast(received.input_name as string) as input_name,
    cast(relations.relation_name as string) as relation_name,
    as_of_dates.as_of_date,
    cast(received.received_count as bigint) as received_count,
    cast(kept.kept_count as bigint) as kept_count,
    cast(kept.duplicate_count as bigint) as duplicate_count,
    cast(coalesce(rejected.rejected_count, 0) as bigint) as rejected_count
from received
inner join kept
    on received.input_name = kept.input_name
left join rejected
    on received.input_name = rejected.input_name
left join relations
    on received.input_name = relations.input_name
left join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on as_of_dates.split = 'scoring'
