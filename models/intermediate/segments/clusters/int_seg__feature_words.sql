{#
    One row per feature that describes segments: the words for a high and a low value, and what to do about it. A component of the products'
    embeddings is named after the category at its end, a topic after its three heaviest terms, in the seed's words.
#}

{% set word_columns = ['high_adjective', 'high_role', 'low_adjective', 'low_role', 'high_phrase', 'low_phrase'] %}
{% set advice_columns = ['high_advice', 'low_advice'] %}
{% set columns = word_columns + advice_columns %}

with

described as (

    {{ reference_rows('feature_words', 'feature_name', ['feature_name'] + word_columns) }}

),

advice as (

    {{ reference_rows('feature_advice', 'feature_name', ['feature_name'] + advice_columns) }}

),

words as (

    select
        described.*,
        {% for column in advice_columns %}
        advice.{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from described
    left join advice
        on described.feature_name = advice.feature_name

),

category_means as (

    {% for number in range(1, content_component_count('embedding') + 1) %}
    select
        {{ number }} as component_number,
        products.category,
        round({{ ratio(exact_sum('components.embedding_' ~ number), 'count(*)') }}, 6) as mean
    from {{ ref('int_seg__product_components') }} as components
    inner join {{ ref('seg__products') }} as products
        on components.product_id = products.product_id
    where products.category is not null
    group by products.category
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked_categories as (

    select
        *,
        row_number() over (partition by component_number order by mean desc, category asc) as high_rank,
        row_number() over (partition by component_number order by mean asc, category asc) as low_rank
    from category_means

),

ranked_terms as (

    select
        component_number,
        item_name as term,
        row_number() over (
            partition by component_number order by round(loading, 6) desc, item_name asc
        ) as term_rank
    from {{ ref('int_seg__content_components') }}
    where modality = 'text'

),

labels as (

    select
        'embedding' as modality,
        component_number,
        max(case when high_rank = 1 then category end) as high_label,
        max(case when low_rank = 1 then category end) as low_label
    from ranked_categories
    group by component_number

    union all

    select
        'text' as modality,
        component_number,
        max(case when term_rank = 1 then term end)
        || coalesce('/' || max(case when term_rank = 2 then term end), '')
        || coalesce('/' || max(case when term_rank = 3 then term end), '') as high_label,
        max(case when term_rank = 1 then term end)
        || coalesce('/' || max(case when term_rank = 2 then term end), '')
        || coalesce('/' || max(case when term_rank = 3 then term end), '') as low_label
    from ranked_terms
    group by component_number

),

content_features as (

    {% for feature in content_features() %}
    select
        '{{ feature.name }}' as feature_name,
        '{{ feature.modality }}' as modality,
        {{ feature.component_number }} as component_number
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        cast(null as string) as feature_name,
        cast(null as string) as modality,
        cast(null as int) as component_number
    where false
    {% endfor %}

)

select
    feature_name,
    {{ columns | join(',\n    ') }}
from words
where feature_name not in ('embedding', 'text')

union all

select
    content_features.feature_name,
    {% for column in columns %}
    {% set label = 'labels.' ~ ('high' if column.startswith('high') else 'low') ~ '_label' %}
    {% set text = "replace(words." ~ column ~ ", '{}', coalesce(" ~ label ~ ", content_features.feature_name))" %}
    {# Names begin with an adjective. #}
    {{ capitalized(text) if column.endswith('adjective') else text }} as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from content_features
inner join words
    on content_features.modality = words.feature_name
left join labels
    on
        content_features.modality = labels.modality
        and content_features.component_number = labels.component_number
