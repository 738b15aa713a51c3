{#
    What takes much memory per user is made some users at a time: hash tables of all of them at once do not fit in memory,
    and are slower where they do (lists of 400,000 users: 36 s at once, 26 s in turns, by tests/benchmark/recommend.py with and
    without `"seg__max_users_at_once": 0` in --vars). In a whole build a model whose hooks are `begin_turns` and
    `make_other_turns` makes its table of the first users and adds those of the other turns to it in the same transaction; what
    it reads limits users by `is_users_turn`. Which turn it is stands in two variables of the connection; without them every
    user's turn has come. A realtime run takes turns where it makes everybody anew.
    user_id: a column. of_model: a model before this that has all users. times: how many times as many users at once, where one
    takes less memory than in lists; every turn reads all rows once more (affinities of 2.5 million users: 50 turns 290 s, 13
    turns 145 s).
#}
{% macro is_users_turn(user_id) -%}
    {{ return(adapter.dispatch('is_users_turn', 'ecommerce_segmentation')(user_id)) }}
{%- endmacro %}

{% macro default__is_users_turn(user_id) -%}
    coalesce(hash({{ user_id }}) % getvariable('seg_turn_count') = getvariable('seg_turn'), true)
{%- endmacro %}

{# Whether the model makes everybody in this run. #}
{% macro takes_turns() %}
    {% set users = model.config.meta.get('users', 'int_seg__users_to_refresh') %}
    {% if model.config.materialized == 'kept_in_realtime' %}
        {% set users = 'int_seg__users_to_measure' %}
    {% endif %}
    {{ return(not refreshes_some_users(users)) }}
{% endmacro %}

{# How many turns there are: about `times` x `seg__max_users_at_once` users each, one where that is 0. #}
{% macro turn_count(of_model, times) %}
    {% if not execute or not takes_turns() or not var('seg__max_users_at_once') %}
        {{ return(1) }}
    {% endif %}
    {% set users = run_query('select count(distinct user_id) from ' ~ upstream(of_model)).columns[0].values()[0] %}
    {{ return((users / (times * var('seg__max_users_at_once'))) | round(0, 'ceil') | int) }}
{% endmacro %}

{# SQL that makes it the first users' turn, where there are several, and everybody's where a build broke off in one. #}
{% macro begin_turns(of_model, times=1) %}
    {% set count = turn_count(of_model, times) %}
    {% if takes_turns() %}
        set variable seg_turn_count = {{ count if count > 1 else 'null' }};
        set variable seg_turn = 0;
    {% endif %}
{% endmacro %}

{# SQL that adds the other turns' users to the model's table. #}
{% macro make_other_turns(of_model, times=1) %}
    {% set count = turn_count(of_model, times) %}
    {% if count > 1 %}
        {% set is_beside = model.config.materialized == 'kept_in_realtime' and is_realtime_run() %}
        {% for turn in range(1, count) %}
        set variable seg_turn = {{ turn }};
        insert into {{ relation_beside(this) if is_beside else this }} by name
        {{ model.compiled_code }};
        {% endfor %}
        reset variable seg_turn;
        reset variable seg_turn_count;
    {% endif %}
{% endmacro %}
