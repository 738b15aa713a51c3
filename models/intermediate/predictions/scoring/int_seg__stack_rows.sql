{#
    One row per target, user and as-of date on validation and test: the outcome and what each single model said of it,
    side by side; null where a model has no fit. At most 20,000 per target and split, picked by md5: ten weights need no
    more. `fold` deals users into fifths.
#}
{% set models = single_models() %}

with

numbered as (

    select
        target_name,
        user_id,
        as_of_date,
        split,
        actual,
        row_number() over (
            partition by target_name, split
            order by md5(user_id || '|' || cast(as_of_date as string)), user_id, as_of_date
        ) as row_number_by_md5
    from {{ ref('int_seg__prediction_targets') }}
    where split in ('validation', 'test')

)

select
    numbered.target_name,
    numbered.user_id,
    numbered.as_of_date,
    numbered.split,
    cast({{ md5_bucket('numbered.user_id', 5) }} as int) as fold,
    max(numbered.actual) as actual,
    {% for model_name in models %}
    max(case when scored.model_name = '{{ model_name }}' then scored.prediction end) as prediction_{{ model_name }}{{ ',' if not loop.last }}
    {% endfor %}
from numbered
inner join {{ ref('int_seg__predictions_scored') }} as scored
    on
        numbered.target_name = scored.target_name
        and numbered.user_id = scored.user_id
        and numbered.as_of_date = scored.as_of_date
where numbered.row_number_by_md5 <= 20000
group by numbered.target_name, numbered.user_id, numbered.as_of_date, numbered.split
