{#
    Whether a user's list explores on a date: `seg__exploration_share` of the users of each date, others on each, drawn by
    md5, so that a build repeats what it showed. With a list of n products and m products that compete for a place but are
    not in the list, an exploring list gives one of its places, `exploring_place`, to one of the m, each as likely.
#}
{% macro explores(user_id, as_of_date, share=var('seg__exploration_share')) -%}
    ({{ md5_bucket(exploration_key(user_id, as_of_date, 'whether'), 1000000) }} < {{ share }} * 1000000)
{%- endmacro %}

{# The place of an exploring list, 1 to n, that is given away. #}
{% macro exploring_place(user_id, as_of_date, list_count) -%}
    (1 + {{ md5_bucket(exploration_key(user_id, as_of_date, 'place'), list_count) }})
{%- endmacro %}

{# The rank, 1 to m among what is not in the list, of the product that gets the place. #}
{% macro exploring_rank(user_id, as_of_date, pool_count) -%}
    (1 + {{ md5_bucket(exploration_key(user_id, as_of_date, 'rank'), pool_count) }})
{%- endmacro %}

{#
    The probability with which a product was shown in its place: what a shop logs as `propensity` beside the impression.
    Without anything to exchange (m = 0) the list is certain. Compare explores.
#}
{% macro exploration_propensity(is_exchanged, list_count, pool_count, share=var('seg__exploration_share')) -%}
    case
        when {{ pool_count }} = 0 then 1.0
        when {{ is_exchanged }}
            then {{ share }} / cast({{ list_count }} as double) / {{ pool_count }}
        else 1.0 - {{ share }} / cast({{ list_count }} as double)
    end
{%- endmacro %}

{# What an exploring draw depends on. #}
{% macro exploration_key(user_id, as_of_date, purpose) -%}
    'explore/{{ purpose }}/{{ var("seg__random_seed") }}/' || cast({{ as_of_date }} as string) || '/' || {{ user_id }}
{%- endmacro %}
