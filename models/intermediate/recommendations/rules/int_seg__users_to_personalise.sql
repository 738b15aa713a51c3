{#
    One row per user whose recommendations may be drawn from what the user did. Others get what is popular. Consent is about
    being contacted, so by default that is everybody; with `seg__personalise_without_consent` off nobody who refused.
#}
select user_id
from {{ ref('int_seg__users') }}
{% if not var('seg__personalise_without_consent') %}
where has_marketing_consent is distinct from false
{% endif %}
