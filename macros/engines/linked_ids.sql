{#
    A select of ids, `user_id`: those of a relation and all that links reach from them, each once.
    given: a relation with user_id. links: a relation with user_id and alias_id; they go both ways.
#}
{% macro linked_ids(given, links) -%}
    {{ return(adapter.dispatch('linked_ids', 'ecommerce_segmentation')(given, links)) }}
{%- endmacro %}

{% macro default__linked_ids(given, links) -%}
    select distinct user_id
    from (
        with recursive

        neighbours as (

            {{ links_both_ways(links) }}

        ),

        reached as (

            select user_id from {{ given }}

            union

            select neighbours.to_id as user_id
            from reached
            inner join neighbours
                on reached.user_id = neighbours.from_id

        )

        select user_id from reached
    ) as linked
{%- endmacro %}

{# Spark 3.5 knows no recursion: up to 16 links away. #}
{% macro spark__linked_ids(given, links) -%}
    {% set hops = 16 %}
    with

    neighbours as (

        {{ links_both_ways(links) }}

    ),

    reached_0 as (

        select distinct user_id from {{ given }}

    )

    {% for hop in range(1, hops + 1) %},

    reached_{{ hop }} as (

        select user_id from reached_{{ hop - 1 }}

        union

        select neighbours.to_id as user_id
        from reached_{{ hop - 1 }} as nearer
        inner join neighbours
            on nearer.user_id = neighbours.from_id

    )
    {% endfor %}

    select user_id from reached_{{ hops }}
{%- endmacro %}

{% macro links_both_ways(links) -%}
    select
        user_id as from_id,
        alias_id as to_id
    from {{ links }}

    union all

    select
        alias_id as from_id,
        user_id as to_id
    from {{ links }}
{%- endmacro %}
