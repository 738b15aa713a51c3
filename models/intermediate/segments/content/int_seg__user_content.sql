{#
    One row per user with an embedding or a topic: the components of the products that the user deals with, weighted by
    interest, and how close what the user writes and searches is to each topic (cosine, 0-1), as of the scoring date.
#}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_score'}) }}

with

weights as (

    {{ event_weights_in_one_row() }}

),

interests as (

    select
        user_product_days.user_id,
        {{ product_affinity() }} as affinity,
        {% for number in range(1, content_component_count('embedding') + 1) %}
        product_components.embedding_{{ number }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__user_product_days') }} as user_product_days
    inner join {{ ref('int_seg__product_components') }} as product_components
        on user_product_days.product_id = product_components.product_id
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on
            user_product_days.activity_date < as_of_dates.as_of_date
            and as_of_dates.split = 'scoring'
    cross join weights
    where {{ only_users_to_refresh('user_product_days.user_id', 'int_seg__users_to_score') }}

),

tastes as (

    select
        user_id,
        {% for number in range(1, content_component_count('embedding') + 1) %}
        {{ ratio(exact_sum('affinity * embedding_' ~ number), exact_sum('affinity')) }}
            as embedding_{{ number }}{{ ',' if not loop.last }}
        {% endfor %}
    from interests
    group by user_id
    {# More taken out of carts than was ever looked at is no interest. #}
    having sum(affinity) > 0

),

vocabulary as (

    select
        item_name as term,
        max(item_weight) as term_rarity,
        {% for number in range(1, content_component_count('text') + 1) %}
        coalesce(max(case when component_number = {{ number }} then loading end), 0) as loading_{{ number }},
        {% endfor %}
        max(component_number) as topic_count
    from {{ ref('int_seg__content_components') }}
    where modality = 'text'
    group by item_name

),

written as (

    select
        user_terms.user_id,
        (1 + ln(user_terms.text_count)) * vocabulary.term_rarity as term_weight,
        {% for number in range(1, content_component_count('text') + 1) %}
        vocabulary.loading_{{ number }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__user_terms') }} as user_terms
    inner join vocabulary
        on user_terms.term = vocabulary.term
    where {{ only_users_to_refresh('user_terms.user_id', 'int_seg__users_to_score') }}

),

topics as (

    select
        user_id,
        {% for number in range(1, content_component_count('text') + 1) %}
        {{ ratio(
            exact_sum('term_weight * loading_' ~ number), 'sqrt(' ~ exact_sum('term_weight * term_weight') ~ ')'
        ) }} as text_{{ number }}{{ ',' if not loop.last }}
        {% endfor %}
    from written
    group by user_id

)

select
    coalesce(tastes.user_id, topics.user_id) as user_id,
    {% for number in range(1, content_component_count('embedding') + 1) %}
    tastes.embedding_{{ number }},
    {% endfor %}
    {% for number in range(1, content_component_count('text') + 1) %}
    topics.text_{{ number }}{{ ',' if not loop.last }}
    {% endfor %}
from tastes
full outer join topics
    on tastes.user_id = topics.user_id
