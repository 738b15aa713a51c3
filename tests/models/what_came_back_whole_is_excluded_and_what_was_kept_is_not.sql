{#
    Counted from the order lines, at the dates and of the users of the last run: whoever gave back as many units of a product
    as were ever bought has it among the exclusions, whoever kept one has it there for another reason or not at all.
#}
-- depends_on: {{ ref('int_seg__recommendation_exclusions') }}
{% set refreshed = refreshed_relation('int_seg__recommendation_exclusions') if execute %}

with

traded as (

    select
        as_of_dates.as_of_date,
        order_lines.user_id,
        order_lines.product_id,
        sum(case when order_lines.is_return then abs(order_lines.quantity) else 0 end) as returned_unit_count,
        sum(case
            when order_lines.quantity < 0 then order_lines.quantity
            when order_lines.is_return then 0
            else order_lines.quantity
        end) as kept_unit_count
    from {{ upstream('seg__order_lines') }} as order_lines
    inner join {{ upstream('int_seg__as_of_dates') }} as as_of_dates
        on
            order_lines.order_date < as_of_dates.as_of_date
            and as_of_dates.split in ({{ "'scoring'" if refreshed else "'scoring', 'test', 'validation'" }})
    where
        not order_lines.is_cancelled
        {% if refreshed %}
        and exists (
            select 1
            from {{ upstream('int_seg__users_to_measure') }} as users
            where coalesce(users.user_id, order_lines.user_id) = order_lines.user_id
        )
        {% endif %}
    group by as_of_dates.as_of_date, order_lines.user_id, order_lines.product_id

)

select
    traded.as_of_date,
    traded.user_id,
    traded.product_id,
    traded.kept_unit_count,
    exclusions.exclusion_reason
from traded
left join {{ of_run('int_seg__recommendation_exclusions') }} as exclusions
    on
        traded.as_of_date = exclusions.as_of_date
        and traded.user_id = exclusions.user_id
        and traded.product_id = exclusions.product_id
where
    (traded.returned_unit_count > 0 and traded.kept_unit_count <= 0)
    <> coalesce(exclusions.exclusion_reason = 'returned', false)
