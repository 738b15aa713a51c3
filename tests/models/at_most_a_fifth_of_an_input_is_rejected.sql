{#
    Why is told by `seg__rejected_rows`: of so many rows the reason is seldom the rows. Identities are rejected for being
    uncertain, which is as it should be.
#}
{{ config(severity='warn') }}

select
    input_name,
    relation_name,
    received_count,
    rejected_count
from {{ ref('seg__input_quality') }}
where
    input_name <> 'identities'
    and rejected_count >= 20
    and rejected_count > 0.2 * received_count
