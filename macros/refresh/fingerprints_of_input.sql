{#
    A select of one row per id of a user and reason of rejection of an input, in the columns of `int_seg__input_fingerprints`;
    of an input without users per reason alone. Where the new rows are known, of the ids and reasons of these alone: they are
    added to what the last run left.
#}
{% macro fingerprints_of_input(input_name) %}
    {% set by_user = input_name in ['events', 'order_lines', 'users', 'reviews', 'campaign_touches'] %}
    {% set columns = input_contract(none)[input_name] | map(attribute=0) | list %}
    {% set judged = ref('int_seg__' ~ input_name ~ '_judged') %}
    {% set new = new_rows(input_name) %}
    {% set is_due = new and new_rows_window(input_name).due_at %}
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
        case when count(*) = count(loaded_at) then max(loaded_at) end as loaded_until,
        min(case when reject_reason = 'in_the_future' then {{ input_time(input_name) }} end) as due_at,
        sum({{ row_fingerprint(['loaded_at']) }}) as load_fingerprint
        {% else %}
        cast(null as timestamp) as loaded_until,
        cast(null as timestamp) as due_at,
        cast(null as decimal(38, 0)) as load_fingerprint
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
    (
        with

        of_new_rows as (

            {{ of_rows }}

            {% if is_due %}
            union all

            -- What lay in the future is among the new rows, if it still does.
            select
                'rejected {{ input_name }}' as part,
                'in_the_future' as part_key,
                0 as row_count,
                null as fingerprint,
                null as loaded_until,
                null as due_at,
                null as load_fingerprint
            {% endif %}

        )

        select
            part,
            part_key,
            sum(row_count) as row_count,
            sum(fingerprint) as fingerprint,
            max(loaded_until) as loaded_until,
            min(due_at) as due_at,
            sum(load_fingerprint) as load_fingerprint
        from (
            select * from of_new_rows

            union all

            select
                part,
                part_key,
                row_count,
                fingerprint,
                loaded_until,
                due_at,
                load_fingerprint
            from ({{ earlier_rows(fingerprint_columns(), 'int_seg__refreshed_fingerprints') }}) as earlier
            where
                (part = '{{ input_name }}' and part_key in (select part_key from of_new_rows where part = '{{ input_name }}'))
                or (
                    part = 'rejected {{ input_name }}'
                    {{ "and part_key <> 'in_the_future'" if is_due }}
                    and part_key in (select part_key from of_new_rows where part = 'rejected {{ input_name }}')
                )
        ) as of_earlier_and_new_rows
        group by part, part_key
    )
    {% endif %}
{% endmacro %}

{#
    Parts of `int_seg__input_fingerprints` of which the run finds those alone that differ from the last run's: inputs whose new
    rows are known, and aliases where no link is another.
#}
{% macro parts_found_if_new() %}
    {% set parts = [] %}
    {% for input_name in input_contract(none) if new_rows_window(input_name) %}
        {% do parts.extend([input_name, 'rejected ' ~ input_name]) %}
    {% endfor %}
    {% if identities_are_as_before() %}
        {% do parts.append('aliases') %}
    {% endif %}
    {{ return(parts) }}
{% endmacro %}
