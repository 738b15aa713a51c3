{#
    One row per user, where a fit is due and there was a tree before: the leaf and the groups that the last tree would
    give the user today.
#}

with

fits as (

    select earlier.*
    from ({{ earlier_rows(hierarchy_columns(), model='int_seg__hierarchy_fits') }}) as earlier
    inner join (select distinct as_of_date from {{ ref('int_seg__last_fit_scaling') }}) as last_fit
        on earlier.as_of_date = last_fit.as_of_date

),

nodes as (

    {{ hierarchy_nodes('fits') }}

),

users as (

    select *
    from {{ ref('int_seg__last_fit_features') }}
    where (select bool_or(is_refit) from {{ ref('int_seg__refit_decisions') }})

)

select *
from ({{ hierarchy_assigned('users', 'nodes') }}) as assigned
