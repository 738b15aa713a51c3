{#
    One row per user whose rows a realtime run makes anew, and why; or one row without a user: everybody. They are the users of
    changed input rows and of changed products, whoever has a row of the same key, and whoever shares a session with one of
    them, with those who share one with these, and so on: no row of theirs depends on what another user did.
    Everybody is refreshed where rules or settings differ, where input rows are gone (deleted, erased, under other keys),
    where the last build broke off, or where many would be anyway: a fifth of them takes as long. What as-of dates, prices and
    fits decide is told by int_seg__users_to_measure and int_seg__users_to_score.
#}
{% set hops = 8 %}
{% set largest_share = 0.2 %}
{# Inputs whose rows have keys, and the tables of those that were kept. #}
{% set keyed = {
    'events': 'seg__events', 'order_lines': 'int_seg__order_lines_kept', 'reviews': 'int_seg__reviews_kept',
    'campaign_touches': 'int_seg__campaign_touches_kept',
} %}
{% set input_tables = ['order_lines', 'users', 'reviews', 'campaign_touches'] %}

{% set why_everybody = (
    'a whole build' if not is_realtime_run() else 'a build broke off' if has_broken_off()
    else 'a table is missing' if not are_all_built(models_by_user())
) %}

{% if why_everybody %}
-- depends_on: {{ ref('int_seg__input_fingerprints') }}
-- depends_on: {{ ref('int_seg__user_aliases') }}
{% for input_name in keyed %}
-- depends_on: {{ ref('int_seg__' ~ input_name ~ '_judged') }}
{% endfor %}
select
    cast(null as string) as user_id,
    cast('{{ why_everybody }}' as string) as reason,
    {% for input_name in input_tables %}
    true as has_{{ input_name }}{{ ',' if not loop.last }}
    {% endfor %}
{% else %}
with

{{ ctes_of_changes() }}
{{ ctes_of_keys(keyed) }}
changed_users as (

    select
        coalesce(user_aliases.user_id, changed.part_key) as user_id,
        changed.part as reason
    from changed
    left join {{ ref('int_seg__user_aliases') }} as user_aliases
        on changed.part_key = user_aliases.source_user_id
    where changed.part in ('events', 'order_lines', 'users', 'reviews', 'campaign_touches')

    union all

    -- Whose id it is now and whose it was: the id itself, where it was no alias.
    select
        coalesce(user_id, part_key) as user_id,
        part as reason
    from changed
    where part = 'aliases'

    union all

    select
        coalesce(earlier_user_id, part_key) as user_id,
        part as reason
    from changed
    where part = 'aliases'

    union all

    select
        user_id,
        reason
    from of_same_keys

    union all

    select distinct
        user_product_days.user_id,
        'products' as reason
    from ({{ earlier_rows({'user_id': 'string', 'product_id': 'string'}, 'int_seg__user_product_days') }}) as user_product_days
    inner join changed
        on
            user_product_days.product_id = changed.part_key
            and changed.part = 'products'

),

{{ ctes_of_sessions(hops) }}
parts as (

    select count(*) as part_count
    from refreshed
    where part in ('events', 'order_lines', 'users')
    group by part

),

counts as (

    select
        (select count(*) from reached_{{ hops - 1 }}) as nearly_reached_count,
        (select count(*) from reached_{{ hops }}) as reached_count,
        coalesce((select max(part_count) from parts), 0) as user_count

),

why_everybody as (

    select min(reason) as reason
    from (
        select 'rows of ' || part || ' are gone' as reason
        from changed
        where is_shrunk and part in ('events', 'order_lines', 'users', 'reviews', 'campaign_touches')

        {% for input_name in keyed %}
        union all

        select 'rows of {{ input_name }} are gone' as reason
        from gone_{{ input_name }}

        {% endfor %}
        union all

        select 'other ' || part as reason
        from changed
        where part = 'rules' or (part in ('category', 'brand') and not is_shrunk and not is_new)

        union all

        select 'many users' as reason
        from counts
        where
            reached_count > {{ largest_share }} * user_count
            or reached_count > nearly_reached_count
    ) as reasons

)

select
    cast(null as string) as user_id,
    cast(reason as string) as reason,
    {% for input_name in input_tables %}
    true as has_{{ input_name }}{{ ',' if not loop.last }}
    {% endfor %}
from why_everybody
where reason is not null

union all

select
    cast(reached.user_id as string) as user_id,
    cast(coalesce(min(changed_users.reason), 'sessions') as string) as reason,
    -- Whether rows of the input are to be cleaned again.
    {% for input_name in input_tables %}
    max(case when changed_users.reason in ('{{ input_name }}', 'aliases') then 1 else 0 end) = 1
        as has_{{ input_name }}{{ ',' if not loop.last }}
    {% endfor %}
from reached_{{ hops }} as reached
left join changed_users
    on reached.user_id = changed_users.user_id
cross join why_everybody
where why_everybody.reason is null
group by reached.user_id
{% endif %}
