{#
    One row per id that takes part in an accepted identity link: the user that it resolves to.

    Connected components by passing the smallest label along the links; each round also replaces a label
    by its own label, so that a chain of n ids needs about log2(n) rounds. 10 rounds settle chains of
    about a thousand ids; the test `linked_ids_resolve_to_one_user` tells when they do not.
#}
{% set rounds = 10 %}
-- depends_on: {{ ref('int_seg__identities_kept') }}
{% if identities_are_as_before() %}
{{ earlier_rows({'source_user_id': 'string', 'user_id': 'string'}) }}
{% else %}

with

links as (

    select
        user_id,
        alias_id
    from {{ ref('int_seg__identities_kept') }}

),

neighbours as (

    select
        user_id as id,
        alias_id as neighbour_id
    from links

    union all

    select
        alias_id as id,
        user_id as neighbour_id
    from links

),

labels_0 as (

    select
        id,
        least(id, min(neighbour_id)) as label
    from neighbours
    group by id

),

{% for round in range(1, rounds + 1) %}
labels_{{ round }} as (

    select
        id,
        min(label) as label
    from (
        select
            neighbours.id,
            labels.label
        from neighbours
        inner join labels_{{ round - 1 }} as labels
            on neighbours.neighbour_id = labels.id

        union all

        -- The label's own label: doubles the distance travelled.
        select
            labels.id,
            further.label
        from labels_{{ round - 1 }} as labels
        inner join labels_{{ round - 1 }} as further
            on labels.label = further.id

        union all

        -- The id behind the label hears of the smaller label too.
        select
            labels.label as id,
            nearby.label
        from labels_{{ round - 1 }} as labels
        inner join neighbours
            on labels.id = neighbours.id
        inner join labels_{{ round - 1 }} as nearby
            on neighbours.neighbour_id = nearby.id
    ) as heard
    group by id

),

{% endfor %}

-- The person is called by an id that is never only an alias: an account rather than a cookie.
accounts as (

    select
        labels_{{ rounds }}.label,
        min(labels_{{ rounds }}.id) as user_id
    from labels_{{ rounds }}
    left join (select distinct alias_id from links) as aliases
        on labels_{{ rounds }}.id = aliases.alias_id
    where aliases.alias_id is null
    group by labels_{{ rounds }}.label

)

select
    labels_{{ rounds }}.id as source_user_id,
    coalesce(accounts.user_id, labels_{{ rounds }}.label) as user_id
from labels_{{ rounds }}
left join accounts
    on labels_{{ rounds }}.label = accounts.label
{% endif %}
