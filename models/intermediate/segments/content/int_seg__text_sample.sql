{#
    One row per sampled user and term, where topics are due: what topics are learnt from. Terms are the 500 that most
    users write, of those that at least five of them (or the smallest group that may be told of) and at most half do; users are at most 10,000, picked by md5.
    `term_rarity` is the inverse document frequency, ln(users / users with the term).
#}

{% set max_terms = 500 %}
{% set max_users = 10000 %}
{% set fewest_users = [5, var('seg__minimum_group_size') | int] | max %}

with

users as (

    select
        user_id,
        row_number() over (order by {{ md5_bucket('user_id', 2147483648) }}, user_id) as place
    from (
        select distinct user_id
        from {{ ref('int_seg__user_terms') }}
    ) as writers
    inner join {{ ref('int_seg__content_decisions') }} as decisions
        on decisions.modality = 'text' and decisions.is_due

),

terms as (

    select
        user_terms.term,
        count(*) as user_count,
        (select count(*) from users) as all_user_count
    from {{ ref('int_seg__user_terms') }} as user_terms
    group by user_terms.term

),

vocabulary as (

    select
        term,
        ln({{ ratio('all_user_count', 'user_count') }}) as term_rarity
    from terms
    where user_count >= {{ fewest_users }} and 2 * user_count <= all_user_count
    order by user_count desc, term asc
    limit {{ max_terms }}

)

select
    user_terms.user_id,
    user_terms.term,
    user_terms.text_count,
    vocabulary.term_rarity
from {{ ref('int_seg__user_terms') }} as user_terms
inner join vocabulary
    on user_terms.term = vocabulary.term
inner join users
    on user_terms.user_id = users.user_id
where users.place <= {{ max_users }}
