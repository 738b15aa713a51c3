{#
    One row per target and feature: how far what serves moves, on average, when the feature is taken from another user, as a share of
    the furthest. What moves nothing is no reason, however much it goes with what does.
#}
with

moved as (

    select
        permuted.target_name,
        permuted.permuted_feature_name as feature_name,
        {{ exact_sum('abs(permuted.prediction - own.prediction)') }} / count(*) as movement
    from {{ ref('int_seg__permuted_predictions') }} as permuted
    inner join {{ ref('int_seg__permuted_predictions') }} as own
        on
            permuted.target_name = own.target_name
            and permuted.user_id = own.user_id
            and permuted.as_of_date = own.as_of_date
            and own.permuted_feature_name = 'none'
    where permuted.permuted_feature_name <> 'none'
    group by permuted.target_name, permuted.permuted_feature_name

)

select
    target_name,
    feature_name,
    coalesce(round(movement / nullif(max(movement) over (partition by target_name), 0), 9), 0) as movement_share
from moved
