{#
    One row per part of the inputs that all tables by user hold: what the next realtime run compares with. Built after all
    of them, so that what a broken run left out is still new to the next. A run that selects some of them alone tells nothing
    of the others.
#}
{% for model in [
    'int_seg__order_lines_kept', 'int_seg__users_kept', 'int_seg__reviews_kept', 'int_seg__campaign_touches_kept', 'seg__events',
    'seg__order_lines', 'seg__orders', 'seg__sessions', 'seg__user_features',
] %}
-- depends_on: {{ ref(model) }}
{% endfor %}

{% set found = ref('int_seg__input_fingerprints') %}
{% if models_by_user() | reject('in', selected_resources) | list %}
{{ earlier_rows(fingerprint_columns()) }}
{% else %}
select * from {{ found }}
{% endif %}
