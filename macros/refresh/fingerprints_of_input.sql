{#
    A select of one row per id of a user and reason of rejection of an input, in the columns of `int_seg__input_fingerprints`;
    of an input without users per reason alone. Where the new rows are known, they are added to what the last run left.
#}
{% macro fingerprints_of_input(input_name) %}
    {% set by_user = input_name in ['events', 'order_lines', 'users', 'reviews', 'campaign_touches'] %}
    {% set columns = input_contract(none)[input_name] | map(attribute=0) | list %}
    {% set judged = ref('int_seg__' ~ input_name ~ '_judged') %}
    {% set new = new_rows(input_name) %}
    {% set of_rows %}
    select
        case when reject_reason is null then '' else 'rejected ' end || '{{ input_name }}' as part,
        {{ 'coalesce(reject_reason, case when reject_reason is null then user_id end)' if by_user else 'reject_reason' }} as part_key,
        count(*) as row_count,
        -- Of erased rows nothing but their number is told.
        sum(case
            when reject_reason is distinct from 'erased'
                then {{ row_fingerprint(columns | reject('equalto', 'loaded_at') | list) }}
        end) as fingerprint,
        {% if 'loaded_at' in columns %}
        case when count(*) = count(loaded_at) then max(loaded_at) end as loaded_until
        {% else %}
        cast(null as timestamp) as loaded_until
        {% endif %}
    from {{ new or judged }} as judged
    {% if by_user %}
    group by reject_reason, case when reject_reason is null then user_id end
    {% else %}
    where reject_reason is not null
    group by reject_reason
    {% endif %}
    {% endset %}
    {% if not new %}
    {{ of_rows }}
    {% else %}
    select
        part,
        part_key,
        sum(row_count) as row_count,
        sum(fingerprint) as fingerprint,
        max(loaded_until) as loaded_until
    from (
        select
            part,
            part_key,
            row_count,
            fingerprint,
            loaded_until
        from ({{ earlier_rows(fingerprint_columns(), 'int_seg__refreshed_fingerprints') }}) as earlier
        where
            part = '{{ input_name }}'
            -- What lay in the future is among the new rows.
            or (part = 'rejected {{ input_name }}' and part_key <> 'in_the_future')

        union all

        {{ of_rows }}
    ) as earlier_and_new
    group by part, part_key
    {% endif %}
{% endmacro %}
