{#
    Ann's third garden product (raw rank 3) comes after the book and all three products without category; bea has nothing
    but garden products, and her list is as long as before. Without a limit nothing changes.
#}
{% set cases = [
    ('ann', "'garden'", 1, 1), ('ann', "'garden'", 2, 2), ('ann', "'garden'", 3, 7), ('ann', "'books'", 4, 3),
    ('ann', 'null', 5, 4), ('ann', 'null', 6, 5), ('ann', 'null', 7, 6),
    ('bea', "'garden'", 1, 1), ('bea', "'garden'", 2, 2), ('bea', "'garden'", 3, 3), ('bea', "'garden'", 4, 4),
] %}

with

cases as (

    {% for user_id, category, raw_rank, limited_rank in cases %}
    select
        '{{ user_id }}' as user_id,
        {{ category }} as category,
        {{ raw_rank }} as raw_rank,
        {{ limited_rank }} as limited_rank
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

found as (

    select
        'at most two' as case_name,
        user_id,
        raw_rank,
        limited_rank as expected_rank,
        recommendation_rank
    from ({{ diversified('cases', ['user_id'], 2) }}) as limited

    union all

    select
        'no limit' as case_name,
        user_id,
        raw_rank,
        raw_rank as expected_rank,
        recommendation_rank
    from ({{ diversified('cases', ['user_id'], none) }}) as unlimited

)

select * from found
where recommendation_rank is distinct from expected_rank
