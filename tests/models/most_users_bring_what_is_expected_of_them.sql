{#
    On the unseen test window, all users but the twentieth who brought most in the window before: what the model that serves
    expects of them together, and what they brought. A model may fit a few accounts that outweigh all others and nobody else:
    then pin another (`seg__pinned_models`), or build business and private customers as two shops.
#}
{{ config(severity='warn') }}

with

served as (

    select
        evaluated.target_name,
        choices.model_name,
        evaluated.user_id,
        evaluated.prediction,
        evaluated.actual,
        -- Of equals the rank of the lowest: where nobody ordered in the window before, all count.
        percent_rank() over (partition by evaluated.target_name order by before.prediction) as rank_before
    from {{ upstream('int_seg__predictions_evaluated') }} as evaluated
    inner join {{ ref('seg__model_choices') }} as choices
        on
            evaluated.target_name = choices.target_name
            and evaluated.model_name = choices.model_name
    inner join {{ upstream('int_seg__predictions_evaluated') }} as before
        on
            evaluated.target_name = before.target_name
            and evaluated.user_id = before.user_id
            and evaluated.as_of_date = before.as_of_date
            and evaluated.split = before.split
            and before.model_name = 'same_as_before'
    where
        evaluated.split = 'test'
        and evaluated.target_name in ('order_count', 'net_revenue', 'lifetime_value_12m')

),

usual as (

    select
        target_name,
        model_name,
        count(*) as user_count,
        sum(prediction) as expected,
        sum(actual) as brought
    from served
    where rank_before <= 0.95
    group by target_name, model_name

)

select *
from usual
where
    user_count >= 200
    and brought > 0
    and expected not between brought / 3 and brought * 3
