{# One row per accepted identity link. #}
-- depends_on: {{ ref('int_seg__identities_judged') }}
{% if identities_are_as_before() %}
{{ earlier_rows({
    'link_id': 'string', 'user_id': 'string', 'alias_id': 'string', 'match_type': 'string', 'match_confidence': 'double',
    'copy_count': 'bigint'
}) }}
{% else %}
{{ kept_rows(ref('int_seg__identities_judged'), 'link_id', ['link_id', 'user_id', 'alias_id', 'match_type', 'match_confidence']) }}
{% endif %}
