{#
    One row per part of the inputs that all tables by user hold: what the next realtime run compares with. Built after all
    of them, so that what a broken run left out is still new to the next. A run that selects some of them alone tells nothing
    of the others.
#}
{% for model in [
    'seg__rejected_rows', 'seg__orders', 'seg__sessions', 'seg__user_features', 'int_seg__cluster_assignments', 'int_seg__hierarchy_assignments',
    'seg__user_recommendations', 'int_seg__predictions_served',
] %}
-- depends_on: {{ ref(model) }}
{% endfor %}

{% set found = ref('int_seg__input_fingerprints') %}
{% if not is_by_user_whole() %}
{{ earlier_rows(fingerprint_columns()) }}
{% else %}
select * from {{ found }}
where row_count > 0

union all

-- What was not found is as it was.
select earlier.*
from ({{ earlier_rows(fingerprint_columns()) }}) as earlier
left join {{ found }} as found
    on
        earlier.part = found.part
        and earlier.part_key = found.part_key
where found.part is null and earlier.part in ('{{ parts_found_if_new() | join("', '") }}')

union all

select
    part,
    part_key,
    null as user_id,
    1 as row_count,
    cast(fingerprint as decimal(38, 0)) as fingerprint,
    cast(null as timestamp) as loaded_until,
    cast(null as timestamp) as due_at,
    cast(null as decimal(38, 0)) as load_fingerprint
from (
    {{ fingerprints_of_dates() }}
    union all
    {{ fingerprints_of_scoring() }}
    union all
    {{ fingerprints_of_models() }}
) as of_dates_and_fits
{% endif %}
