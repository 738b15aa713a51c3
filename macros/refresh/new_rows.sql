{#
    A select, in brackets, of the judged rows of an input that the last run did not see, or none where only a reading of all
    rows tells which.
    `loaded_at` tells: the rows after the latest one that was seen. Where those before it are not as many as they were then, with the
    same times, rows were deleted, came in under an earlier time or have a new one because they changed; then all are read, and so
    they are where the input or a row has no `loaded_at`, where settings or erasures are others, and after a build that broke off.
    What lay in the future then and does no more is new as well, with all else that did.
#}
{% macro new_rows(input_name) %}
    {% set judged = ref('int_seg__' ~ input_name ~ '_judged') %}
    {% set columns = input_contract(none)[input_name] %}
    {% set window = new_rows_window(input_name) %}
    {% if not window %}
        {{ return(none) }}
    {% endif %}
    {% set time_column = input_time(input_name) %}
    {# Reasons that come before the time. #}
    {% set earlier_reasons = ['erased'] %}
    {% for name, kind, is_required in columns if is_required and kind in ['id', 'text'] %}
        {% do earlier_reasons.append('missing_' ~ name) %}
    {% endfor %}
    {% set rows %}
    (
        select *
        from {{ judged }}
        where
            loaded_at > cast('{{ window.seen_until }}' as timestamp)
            and loaded_at <= cast('{{ window.loaded_until }}' as timestamp)
        {% if window.due_at %}

        union all

        select *
        from {{ judged }}
        where
            {{ time_column }} >= cast('{{ window.due_at }}' as timestamp)
            and loaded_at <= cast('{{ window.seen_until }}' as timestamp)
            and coalesce(reject_reason, '') not in ('{{ earlier_reasons | join("', '") }}')
        {% endif %}
    )
    {% endset %}
    {{ return(rows) }}
{% endmacro %}

{#
    What bounds the new rows of an input: `seen_until`, the latest `loaded_at` of the last run, and `loaded_until`, that of this
    one; `due_at`, the time of the first row that lay in the future then, if that has come, else none. None where `loaded_at` does not
    tell. Found once per run: events that come in meanwhile are left to the next.
#}
{% macro new_rows_window(input_name) %}
    {% if not is_realtime_run() or 'loaded_at' not in input_contract(none)[input_name] | map(attribute=0) %}
        {{ return(none) }}
    {% endif %}
    {% set answer = 'seg__new_rows_' ~ input_name %}
    {% if answer not in graph %}
        {% set found = namespace(window=none) %}
        {% set seen = seen_rows(input_name) if is_any_seen() %}
        {% if seen %}
            {% set rows = upstream('stg_seg__' ~ input_name) %}
            {% set now = run_query(
                "select count(*) as row_count, count(loaded_at) as told_count,"
                ~ " count(case when loaded_at > cast('" ~ seen.seen_until ~ "' as timestamp) then 1 end) as new_count,"
                ~ " 'at ' || cast(max(loaded_at) as string) as loaded_until,"
                ~ " 'sum ' || cast(coalesce(sum(case when loaded_at <= cast('" ~ seen.seen_until ~ "' as timestamp) then "
                ~ row_fingerprint(['loaded_at']) ~ " end), 0) as string) as load_fingerprint"
                ~ " from " ~ rows
            ).rows[0] %}
            {% if now[0] == now[1] and now[0] == seen.row_count + now[2] and now[4] == seen.load_fingerprint %}
                {% set found.window = dict(seen, loaded_until=now[3].removeprefix('at ')) %}
            {% endif %}
        {% endif %}
        {% do graph.update({answer: found.window}) %}
    {% endif %}
    {{ return(graph[answer]) }}
{% endmacro %}

{# Whether what the last run saw of the inputs still stands: its settings and erasures are those of this run. #}
{% macro is_any_seen() %}
    {% if 'seg__is_any_seen' not in graph %}
        {% set found = namespace(answer=false) %}
        {% if not has_broken_off()
            and are_all_built(models_by_user() + ['model.ecommerce_segmentation.int_seg__refreshed_fingerprints']) %}
            {% set same %}
                select
                    count(case when part = 'rules' and part_key = 'settings {{ refresh_settings() }}' then 1 end) as settings_count,
                    count(case when part = 'erasures' and fingerprint = ({{ fingerprint_of_erasures() }}) then 1 end)
                    -- Nobody whose rows were accepted then is to be forgotten now.
                    - count(case when part in ('events', 'order_lines', 'reviews', 'campaign_touches') and part_key in (
                        select user_id from {{ upstream('int_seg__erased_users') }}
                    ) then 1 end) as erasures_count
                from {{ refreshed_fingerprints() }}
            {% endset %}
            {% set found.answer = run_query(same).rows[0].values() | sum == 2 %}
        {% endif %}
        {% do graph.update({'seg__is_any_seen': found.answer}) %}
    {% endif %}
    {{ return(graph['seg__is_any_seen']) }}
{% endmacro %}

{# What the last run saw of an input; none where a row had no `loaded_at`. Asked of all inputs at once: that takes a scan. #}
{% macro seen_rows(input_name) %}
    {% if 'seg__seen_rows' not in graph %}
        {% set found = {} %}
        {% set columns = adapter.get_columns_in_relation(refreshed_fingerprints()) | map(attribute='name') | list %}
        {% set seen = run_query(
            "select replace(part, 'rejected ', '') as input_name, 'at ' || cast(max(loaded_until) as string) as seen_until,"
            ~ " sum(row_count) as row_count, sum(case when loaded_until is null then 1 else 0 end) as untold_count,"
            ~ " 'at ' || cast(min(case when due_at < " ~ build_started_at() ~ " then due_at end) as string) as due_at,"
            ~ " 'sum ' || cast(coalesce(sum(load_fingerprint), 0) as string) as load_fingerprint"
            ~ " from " ~ refreshed_fingerprints() ~ " where replace(part, 'rejected ', '') in ('"
            ~ input_contract(none).keys() | join("', '") ~ "') group by 1"
        ).rows if 'load_fingerprint' in columns else [] %}
        {% for row in seen if row['seen_until'] and row['untold_count'] == 0 %}
            {% do found.update({row['input_name']: {
                'seen_until': row['seen_until'].removeprefix('at '),
                'row_count': row['row_count'],
                'due_at': row['due_at'].removeprefix('at ') if row['due_at'],
                'load_fingerprint': row['load_fingerprint'],
            }}) %}
        {% endfor %}
        {% do graph.update({'seg__seen_rows': found}) %}
    {% endif %}
    {{ return(graph['seg__seen_rows'].get(input_name)) }}
{% endmacro %}

{#
    A select of one number that tells of erasures without naming anybody: how many ids are to be forgotten, and when that was asked
    for.
#}
{% macro fingerprint_of_erasures() %}
    select
        cast(coalesce(sum({{ row_fingerprint(['requested_at']) }}), 0) as decimal(38, 0))
        + (select count(*) from {{ upstream('int_seg__erased_users') }}) as fingerprint
    from {{ upstream('stg_seg__erasure_requests') }}
{% endmacro %}
