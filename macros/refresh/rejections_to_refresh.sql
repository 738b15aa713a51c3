{# The inputs whose rejected rows a realtime run looks for anew, because there are others than before; else all inputs. #}
{% macro rejections_to_refresh() %}
    {% if not refreshes_some_users() %}
        {{ return(input_contract(none).keys() | list) }}
    {% endif %}
    {% set found %}
        select distinct coalesce(found.part, refreshed.part) as part
        from (
            select * from {{ upstream('int_seg__input_fingerprints') }} where part like 'rejected %'
        ) as found
        full outer join (
            select * from {{ upstream('int_seg__refreshed_fingerprints') }} where part like 'rejected %'
        ) as refreshed
            on
                found.part = refreshed.part
                and found.part_key = refreshed.part_key
        where
            (
                found.row_count is distinct from refreshed.row_count
                or found.fingerprint is distinct from refreshed.fingerprint
            )
            -- What was not found is as it was.
            and (found.part is not null or refreshed.part not in ('{{ parts_found_if_new() | join("', '") }}'))
    {% endset %}
    {% set inputs = [] %}
    {% for row in run_query(found).rows %}
        {% do inputs.append(row[0] | replace('rejected ', '')) %}
    {% endfor %}
    {{ return(inputs) }}
{% endmacro %}

{#
    Whether `seg__rejected_rows` holds as many rows of an input as the last run's fingerprints: what came in while that run went on
    may be in it already, and would be added once more.
#}
{% macro are_rejections_those_seen(input_name) %}
    {% set counted = run_query(
        "select (select count(*) from " ~ this ~ " where input_name = '" ~ input_name ~ "') as held_count,"
        ~ " (select coalesce(sum(row_count), 0) from " ~ refreshed_fingerprints() ~ " where part = 'rejected " ~ input_name ~ "') as seen_count"
    ).rows[0] %}
    {{ return(counted[0] == counted[1]) }}
{% endmacro %}
