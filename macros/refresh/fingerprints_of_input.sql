{#
    A select of one row per id of a user and reason of rejection of an input, in the columns of `int_seg__input_fingerprints`;
    of an input without users per reason alone.
#}
{% macro fingerprints_of_input(input_name) %}
    {% set by_user = input_name in ['events', 'order_lines', 'users', 'reviews', 'campaign_touches'] %}
    select
        case when reject_reason is null then '' else 'rejected ' end || '{{ input_name }}' as part,
        {{ 'coalesce(reject_reason, case when reject_reason is null then user_id end)' if by_user else 'reject_reason' }} as part_key,
        count(*) as row_count,
        -- Of erased rows nothing but their number is told.
        sum(case
            when reject_reason is distinct from 'erased'
                then {{ row_fingerprint(input_contract(none)[input_name] | map(attribute=0)) }}
        end) as fingerprint
    from {{ ref('int_seg__' ~ input_name ~ '_judged') }}
    {% if by_user %}
    group by reject_reason, case when reject_reason is null then user_id end
    {% else %}
    where reject_reason is not null
    group by reject_reason
    {% endif %}
{% endmacro %}
