{#
    One row per target, model, user and as-of date of the test window: the tenth of the rows in which its prediction
    falls, 1 the highest. Equal predictions are dealt by user, so that tenths are equally large. No rows where tenths
    would be smaller than `seg__minimum_group_size`.
#}

with

counted as (

    select
        target_name,
        model_name,
        user_id,
        as_of_date,
        actual,
        prediction,
        count(*) over (partition by target_name, model_name) as row_count
    from {{ ref('int_seg__predictions_evaluated') }}
    where split = 'test'

)

select
    target_name,
    model_name,
    user_id,
    as_of_date,
    actual,
    prediction,
    ntile(10) over (
        partition by target_name, model_name
        order by round(prediction, 9) desc, md5(user_id) asc, user_id asc, as_of_date asc
    ) as decile
from counted
where row_count >= 10 * {{ var('seg__minimum_group_size') }} or {{ var('seg__minimum_group_size') }} <= 1
