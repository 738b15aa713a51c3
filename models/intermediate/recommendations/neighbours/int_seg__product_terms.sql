{#
    One row per product and term that describes it: words of its name, its description and its reviews, its category and
    its brand, weighted by TF-IDF and scaled to length 1 per product. A word of one product only likens it to none,
    and one of more than `seg__max_products_per_term` says little and would cost most: neither is a term.
    Reviews count from before the earliest date in use, so that one set of terms serves all dates and none reads ahead.
#}

{% set description_weight = 0.5 %}
{% set review_weight = 0.5 %}
{% set max_reviews = 50 %}
{% set damping_reviews = 5 %}

with

products as (

    select
        recommendable.product_number,
        products.product_id,
        products.product_name,
        products.description,
        products.category,
        products.brand
    from {{ ref('int_seg__recommendable_products') }} as recommendable
    inner join {{ ref('seg__products') }} as products
        on recommendable.product_id = products.product_id
    where recommendable.split = 'scoring' and products.is_listed and not products.is_service

),

earliest_date as (

    select min(as_of_date) as as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split in ('scoring', 'test', 'validation')

),

-- A thousand reviews would say everything of a product.
reviews as (

    select
        reviews.product_id,
        reviews.review_text,
        count(*) over (partition by reviews.product_id) as review_count,
        row_number() over (
            partition by reviews.product_id
            order by reviews.reviewed_at desc, reviews.review_id asc
        ) as review_number
    from {{ ref('int_seg__reviews_kept') }} as reviews
    inner join earliest_date
        on reviews.reviewed_at < earliest_date.as_of_date
    where reviews.review_text is not null

),

-- What few reviewers say counts little: of n reviews, a word of all of them has n / (n + damping) of the weight.
texts as (

    select
        product_number,
        product_name as text_content,
        1 as text_weight
    from products
    where product_name <> product_id

    union all

    select
        product_number,
        description as text_content,
        {{ description_weight }} as text_weight
    from products
    where description is not null

    union all

    select
        products.product_number,
        reviews.review_text as text_content,
        {{ ratio(review_weight, 'least(reviews.review_count, ' ~ max_reviews ~ ') + ' ~ damping_reviews) }} as text_weight
    from products
    inner join reviews
        on products.product_id = reviews.product_id
    where reviews.review_number <= {{ max_reviews }}

),

distinct_texts as (

    select distinct text_content
    from texts

),

words as (

    {{ text_words('distinct_texts', 'text_content', 'text_content') }}

),

-- No word holds a colon: a category is never taken for one.
found as (

    select
        texts.product_number,
        words.word as term,
        {{ exact_sum('texts.text_weight') }} as term_frequency,
        1 as is_word
    from texts
    inner join words
        on texts.text_content = words.text_content
    group by texts.product_number, words.word

    union all

    select
        product_number,
        'category:' || category as term,
        1 as term_frequency,
        0 as is_word
    from products
    where category is not null

    union all

    select
        product_number,
        'brand:' || brand as term,
        1 as term_frequency,
        0 as is_word
    from products
    where brand is not null

),

counted as (

    select
        term,
        is_word,
        count(*) as product_count,
        row_number() over (order by term) as term_number
    from found
    group by term, is_word
    having count(*) > 1 and (is_word = 0 or count(*) <= {{ var('seg__max_products_per_term') }})

),

weighed as (

    select
        found.product_number,
        found.term,
        counted.term_number,
        counted.product_count,
        found.is_word,
        round(found.term_frequency * ln(1 + {{ ratio('catalogue.product_count', 'counted.product_count') }}), 6)
            as term_weight
    from found
    inner join counted
        on found.term = counted.term
    cross join (select count(*) as product_count from products) as catalogue

),

ranked as (

    select
        *,
        row_number() over (
            partition by product_number, is_word
            order by term_weight desc, term asc
        ) as term_rank
    from weighed

),

lengths as (

    select
        product_number,
        sqrt({{ exact_sum('term_weight * term_weight') }}) as length
    from ranked
    where is_word = 0 or term_rank <= {{ var('seg__max_terms_per_product') }}
    group by product_number

)

select
    ranked.product_number,
    ranked.term,
    cast(ranked.term_number as bigint) as term_number,
    cast(ranked.product_count as bigint) as product_count,
    round({{ ratio('ranked.term_weight', 'lengths.length') }}, 6) as weight
from ranked
inner join lengths
    on ranked.product_number = lengths.product_number
where ranked.is_word = 0 or ranked.term_rank <= {{ var('seg__max_terms_per_product') }}
