{# One row per event: input `events`. Event types stay as they are ('cart'); the package knows what they mean. #}
select
    -- The shop gives no id. An event is its content: events that are equal in every column are copies of one.
    md5(concat_ws(
        '|', event_time, event_type, product_id, coalesce(price, '?'), user_id, coalesce(user_session, '?')
    )) as event_id,
    user_id,
    event_type,
    strptime(event_time, '%Y-%m-%d %H:%M:%S UTC') as occurred_at,
    product_id,
    user_session as session_id,
    cast(price as decimal(18, 4)) as price
from {{ source('rees46', 'events') }}
