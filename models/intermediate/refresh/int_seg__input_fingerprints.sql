{#
    One row per part of what tables by user are made of: per input and id of a user the accepted rows, per product what
    affinities see of it, and each rule and setting. What differs from `int_seg__refreshed_fingerprints` is new.
#}

{% set times = {
    'events': 'occurred_at', 'order_lines': 'ordered_at', 'users': none, 'reviews': none, 'campaign_touches': none
} %}

with

of_users as (

    {% for input_name, time in times.items() %}
    select
        '{{ input_name }}' as part,
        user_id as part_key,
        count(*) as row_count,
        sum({{ row_fingerprint(input_contract(input_name) | map(attribute=0)) }}) as fingerprint,
        cast(min({{ time or 'null' }}) as date) as first_date,
        cast(max({{ time or 'null' }}) as date) as last_date
    from {{ ref('int_seg__' ~ input_name ~ '_judged') }}
    where reject_reason is null
    group by user_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

of_products as (

    select
        'products' as part,
        product_id as part_key,
        {{ row_fingerprint(['lower(trim(category))', 'lower(trim(brand))', 'embedding']) }} as fingerprint
    from {{ ref('int_seg__products_kept') }}

    {% for column in ['category', 'brand'] %}
    union all

    select
        '{{ column }}' as part,
        spelling_key as part_key,
        {{ row_fingerprint(['spelling']) }} as fingerprint
    from ({{ usual_spellings(ref('int_seg__products_kept'), column) }}) as {{ column }}_spellings

    {% endfor %}
),

of_rules as (

    {% for name, columns in {
        'event_types': ['source_event_type', 'event_type'],
        'event_weights': ['event_type', 'weight'],
        'bot_rules': ['rule_name', 'measure', 'minimum', 'pattern'],
    }.items() %}
    select
        'rules' as part,
        '{{ name }}' as part_key,
        sum({{ row_fingerprint(columns) }}) as fingerprint
    from ({{ reference_rows(name, columns[0], columns) }}) as {{ name }}

    union all

    {% endfor %}
    -- Where purchases come from, and where orders do.
    select
        'rules' as part,
        'purchases given' as part_key,
        count(*) as fingerprint
    from (select event_id from {{ given_purchases() }} as purchases limit 1) as first_purchase

    union all

    select
        'rules' as part,
        'order lines given' as part_key,
        sign(count(*)) as fingerprint
    from of_users
    where part = 'order_lines'

    union all

    select
        'rules' as part,
        'settings {{ refresh_settings() }}' as part_key,
        1 as fingerprint

)

select
    cast(of_users.part as string) as part,
    cast(of_users.part_key as string) as part_key,
    cast(coalesce(user_aliases.user_id, of_users.part_key) as string) as user_id,
    of_users.first_date,
    of_users.last_date,
    cast(of_users.row_count as bigint) as row_count,
    cast(of_users.fingerprint as decimal(38, 0)) as fingerprint
from of_users
left join {{ ref('int_seg__user_aliases') }} as user_aliases
    on of_users.part_key = user_aliases.source_user_id

union all

select
    cast(part as string) as part,
    cast(part_key as string) as part_key,
    cast(null as string) as user_id,
    cast(null as date) as first_date,
    cast(null as date) as last_date,
    cast(1 as bigint) as row_count,
    cast(fingerprint as decimal(38, 0)) as fingerprint
from (
    select * from of_products
    union all
    select * from of_rules
) as of_others
