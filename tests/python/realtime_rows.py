"""What comes in between builds, stage by stage: the inputs of a shop as SQL over the files of a generated store."""

from datetime import timedelta
from pathlib import Path

import generate_store

LAST_DAY = generate_store.DEFAULT_END - timedelta(days=1)
EVENING = f"timestamp '{LAST_DAY}' + interval 20 hour"
TIMES = {
    "events": "occurred_at", "order_lines": "ordered_at", "reviews": "reviewed_at", "campaign_touches": "touched_at",
}

# Known users by number, one old visit of one of them, and numbers to count with.
KNOWN = """
    known as (
        select user_id, row_number() over (order by md5(user_id)) as number
        from (select distinct user_id from rows where user_id like 'u%')
    ),
    visit as (
        from rows where session_id is not null and user_id = (select user_id from known where number = 15)
        order by occurred_at, event_id limit 1
    ),
    numbers as (select number from range(2000) as numbers (number))
"""

# Long ago: five users who carry one session id, and two who do, of whom the second has ids that somebody else has too,
# once before and once after.
EARLIER_EVENTS = f"""
    select 'five ' || number as event_id, user_id, 'view' as event_type, {EVENING} - interval 40 day as occurred_at,
        'p4' as product_id, 'of five' as session_id
    from known where number between 20 and 24
    union all
    select 'of two ' || number, user_id, 'view', {EVENING} - interval 41 day, 'p6', 'of two' from known where number in (26, 27)
    union all
    select copy, user_id, 'view', {EVENING} - interval 41 day, 'p6', 'of two'
    from known cross join (values ('lost'), ('won')) as copies (copy) where number = 27
    union all
    select copy, 'somebody else', 'view', {EVENING} - interval 41 day + to_hours(hours), 'p6', null
    from (values ('lost', -1), ('won', 1)) as copies (copy, hours)
"""

# Stage 1: events only.
NEW_EVENTS = f"""
    -- Twelve users come back, four come for the first time.
    select 'now ' || numbers.number as event_id, coalesce(known.user_id, 'now "' || numbers.number % 16 || '" 🙂') as user_id,
        case when numbers.number % 10 = 0 then 'cart_add' else 'view' end as event_type,
        {EVENING} + to_seconds(numbers.number * 3) as occurred_at, 'p' || numbers.number % 17 as product_id,
        null as session_id
    from numbers
    left join known on known.number = numbers.number % 16 and known.number < 13
    where numbers.number < 400
    union all
    -- Late: another user in a visit of long ago, and its own user shortly before it.
    select 'late other', (select user_id from known where number = 16), 'view', occurred_at + interval 1 second, 'p1', session_id
    from visit
    union all
    select 'late own', user_id, 'search', occurred_at - interval 10 minute, null, null from visit
    union all
    -- Events that were sent before: again by their user, and by somebody who claims to have been earlier.
    select event_id, user_id, event_type, occurred_at + interval 1 hour, product_id, session_id from (
        from rows where user_id = (select user_id from known where number = 17) and event_id is not null
        order by event_id limit 3
    )
    union all
    select event_id, 'thief', event_type, occurred_at - interval 1 hour, product_id, session_id from (
        from rows where user_id = (select user_id from known where number = 18) and event_id is not null
        order by event_id limit 3
    )
    union all
    select event_id, 'borrower', event_type, occurred_at - interval 1 hour, product_id, null from (
        from rows where user_id = (select user_id from known where number = 14) and event_id is not null
        order by event_id limit 2
    )
    union all
    -- A program, in a session that a person began.
    select 'person', (select user_id from known where number = 19), 'view', {EVENING}, 'p3', 'handed to a program'
    union all
    select 'program ' || number, 'program', 'view', {EVENING} + to_seconds(number), 'p2', 'handed to a program'
    from numbers where number < 1500
    union all
    -- A session over midnight, which only what comes after it gives away as a program's.
    select 'owl ' || number, 'night owl', 'view', {EVENING} + interval 239 minute + to_seconds(number), 'p2', 'over midnight'
    from numbers where number < 1500
    union all
    -- The first of the two comes back, and the second is refreshed too.
    select 'of two again', user_id, 'view', {EVENING}, 'p6', null from known where number = 26
    union all
    -- One user too many for a session id.
    select 'sixth', 'sixth', 'view', {EVENING}, 'p3', 'of five'
    union all
    select 'ahead', 'u1', 'view', timestamp '2999-01-01', 'p1', null
"""

# Stage 2: rows of every input, and rows that changed where they stood.
ADDED = {
    "events": f"select 'again' as event_id, user_id, 'view' as event_type, {EVENING} as occurred_at, 'p5' as product_id from known where number = 25",
    "order_lines": f"""
        select * replace ('back ' || order_line_id as order_line_id, -1 as quantity, {EVENING} as ordered_at)
        from (from rows where user_id like 'u%' and unit_price between 0 and 1000 and quantity = 1 order by order_line_id limit 3)
        union all
        select * replace ('more ' || order_line_id as order_line_id, 'new' as order_id, {EVENING} as ordered_at)
        from (from rows where user_id like 'u%' and unit_price between 0 and 1000 order by order_line_id desc limit 3)
    """,
    "reviews": f"""
        select * replace ('new ' || review_id as review_id, 1 as rating, {EVENING} as reviewed_at)
        from (from rows order by review_id limit 3)
    """,
    "campaign_touches": f"""
        select * replace ('new ' || touch_id as touch_id, 'click' as touch_type, {EVENING} as touched_at)
        from (from rows order by touch_id limit 3)
    """,
    "users": f"select 'now \"13\" 🙂' as user_id, timestamp '{LAST_DAY}' as signed_up_at, 'female' as gender",
    # Two known users turn out to be one.
    "identities": """
        select min(user_id) as user_id, max(user_id) as alias_id, 'login' as match_type, 1.0 as match_confidence
        from (select distinct user_id from events where user_id in ('u101', 'u102'))
    """,
}
CHANGED = {
    "order_lines": """
        select * replace (case when order_line_id in (select min(order_line_id) from rows) then 'cancelled' else order_status end
            as order_status)
        from rows
    """,
    "products": "select * replace (case when product_id = 'p3' then 'Garden' else category end as category) from rows",
}


def inputs_of(folder: Path, stage: int) -> dict[str, str]:
    """The rows of a stage.

    0 what was there before, 1 and new events, 2 and other rows, 3 and a user who asks to be forgotten, 4 and other keys of
    events that were another user's too.
    """
    inputs = {}
    for name in generate_store.INPUTS:
        rows = f"select * from '{folder}/{name}/*.parquet'"
        if name in TIMES:
            rows += f" where {TIMES[name]} < timestamp '{LAST_DAY}'"
        if stage >= 2 and name in CHANGED:
            rows = f"with rows as ({rows}) {CHANGED[name]}"
        parts = []
        if name == "events":
            parts = [EARLIER_EVENTS, NEW_EVENTS][: 1 + stage]
        if stage >= 2 and name in ADDED:
            parts.append(ADDED[name])
        if stage >= 3 and name == "erasure_requests":
            parts.append(f"select 'u103' as user_id, {EVENING} as requested_at")
        for part in parts:
            given = f"rows as ({rows})"
            if name == "identities":
                given += f", events as (from '{folder}/events/*.parquet')"
            if name == "events":
                given += f", {KNOWN}"
            rows = f"with {given} from rows union all by name ({part})"
        if stage >= 4 and name == "events":
            rows = f"select * replace (event_id || case when user_id = 'borrower' then ' own' else '' end as event_id) from ({rows})"
        inputs[name] = rows
    return inputs
