{# One row per accepted identity link. #}
{{ kept_rows(ref('int_seg__identities_judged'), 'link_id', ['link_id', 'user_id', 'alias_id', 'match_type', 'match_confidence']) }}
