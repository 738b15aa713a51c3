"""New rows after a whole build: `dbt build --select tag:realtime` takes them in and scores with what was fitted before.

Each such run is compared with a whole build of the same rows: no table may tell how it was made.
"""

import json
import shutil
import subprocess
import sys
from datetime import timedelta

import duckdb
import pytest
from comparisons import OF_THE_RUN, unequal
from shops import DBT, ROOT, BareShop

sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
import generate_store
from realtime_rows import LAST_DAY, inputs_of

TODAY, TOMORROW = (
    {
        "seg__horizon_days": 30, "seg__refit_policy": "never", "seg__as_of_date": str(LAST_DAY + timedelta(days=days)),
        # Lists in five turns, daily sums in two.
        "seg__max_users_at_once": 80,
        # At earlier dates one user in two has features.
        "seg__max_training_rows": 300,
    }
    for days in [1, 2]
)
REALTIME = ["tag:realtime"]
# Steps of the recommendations whose tables a realtime run keeps.
STEPS = [
    "int_seg__recommendation_users", "int_seg__recommendation_exclusions", "int_seg__user_recommendation_segments",
    "int_seg__user_product_affinities", "int_seg__recommendations_found", "int_seg__recommendations_scored",
    "int_seg__recommendations_ranked", "int_seg__recommendation_sources",
]
LISTS = "seg__user_recommendations"
# name: database, stage of the inputs, settings, models (none: all).
RUNS = {
    "before": ("store", 0, TODAY, None),
    "events": ("store", 1, TODAY, REALTIME),
    "events, whole": ("other", 1, TODAY, ["+seg__user_features", "+seg__input_quality", "+seg__orders", "+seg__sessions", "+int_seg__user_terms"]),
    "events, whole lists": ("store", 1, TODAY, [*STEPS, LISTS, "int_seg__refreshed_fingerprints"]),
    "next date after a part": ("store", 1, TOMORROW, REALTIME),
    "next date": ("store", 1, TOMORROW, REALTIME),
    "next date, all at once": ("store", 1, TOMORROW | {"seg__max_users_at_once": 0}, REALTIME),
    "all inputs": ("store", 2, TOMORROW, REALTIME),
    "all inputs, whole": ("store", 2, TOMORROW, ["+seg__user_segments", "+seg__input_quality", "+seg__orders"]),
    "erasure": ("store", 3, TOMORROW, REALTIME),
    "other keys": ("store", 4, TOMORROW, REALTIME),
    # With the new users there are three times half as many: one in three is enough.
    "events, smaller share": ("store", 1, TODAY | {"seg__max_training_rows": 280}, REALTIME),
}
# Runs on what an earlier run left, not the one before them: a build of a part makes the next realtime run refresh everybody.
AFTER = {
    "events, smaller share": "before", "next date": "events", "next date, all at once": "events", "all inputs": "next date", "erasure": "all inputs",
}
# Fits and what follows from them: a realtime run leaves them as they are.
KEPT = ["seg__segments", "seg__model_choices", "seg__prediction_reasons", "seg__fit_log", "seg__user_segment_history"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A connection to what the database held after each run, attached under the name of the run."""
    store = tmp_path_factory.mktemp("store")
    generate_store.generate(users=400, days=300, products=60, seed=5, out=store)
    shop = BareShop(tmp_path_factory.mktemp("realtime") / "shop")
    with duckdb.connect() as connection:
        for name, (database, stage, settings, models) in RUNS.items():
            if name in AFTER:
                shop.lay(database, store / f"{AFTER[name]}.duckdb")
            built = shop.build(database, inputs_of(store, stage), settings, select=models, tests=False)
            copy = shutil.copy(built, store / f"{name}.duckdb")
            connection.execute(f"attach '{copy}' as \"{name}\" (read_only)")
        yield connection


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """name -> (language, materialization) of the models on the path."""
    target = tmp_path_factory.mktemp("target")
    listed = subprocess.run(
        [DBT, "--quiet", "ls", "--select", "tag:realtime", "--resource-type", "model", "--output", "json",
         "--output-keys", "name language config", "--target-path", target, "--log-path", target],
        cwd=ROOT, capture_output=True, text=True, check=True, env={"DBT_PROFILES_DIR": str(ROOT), "PATH": ""},
    ).stdout
    nodes = [json.loads(line) for line in listed.splitlines() if line.startswith("{")]
    return {node["name"]: (node["language"], node["config"]["materialized"]) for node in nodes}


def rows(connection, run: str, table: str) -> list[tuple]:
    return connection.sql(f'from "{run}".main.{table}').fetchall()


def tables(connection, run: str) -> set[str]:
    return {row[0] for row in connection.sql(f"select table_name from duckdb_tables() where database_name = '{run}'").fetchall()}


def refreshed(connection, run: str) -> dict[str | None, str]:
    return dict(connection.sql(f'select user_id, reason from "{run}".main.int_seg__users_to_refresh').fetchall())


def of_path(connection, models: dict, run: str) -> list[str]:
    """Tables that the path builds and this whole build built too. It built a part: what all hold is then not known."""
    return sorted((set(models) & tables(connection, run)) - OF_THE_RUN - {"int_seg__refreshed_fingerprints"})


def test_new_events_leave_the_tables_that_a_whole_build_makes(runs, models):
    compared = of_path(runs, models, "events, whole")
    assert {"seg__events", "seg__sessions", "seg__orders", "seg__user_features", "seg__rejected_rows"} <= set(compared)
    assert unequal(runs, "events", "events, whole", compared) == {}


def test_rows_of_any_input_leave_the_tables_that_a_whole_build_makes(runs, models):
    compared = of_path(runs, models, "all inputs, whole")
    assert {"seg__user_segments", "seg__user_features", "int_seg__user_affinities"} <= set(compared)
    assert unequal(runs, "all inputs", "all inputs, whole", compared) == {}


def test_only_the_users_concerned_are_refreshed(runs):
    for run in ["events", "all inputs"]:
        assert None not in refreshed(runs, run), run
        assert 10 < len(refreshed(runs, run)) < 80, run
    assert set(refreshed(runs, "events").values()) == {"events", "sessions"}
    assert {"thief", "program", "sixth"} <= set(refreshed(runs, "events"))


def test_only_the_users_concerned_are_scored_where_no_mean_price_moves(runs):
    def those(run, to_do):
        return {row[0] for row in rows(runs, run, f"int_seg__users_to_{to_do}")}

    assert those("events", "measure") == those("events", "score") == set(refreshed(runs, "events"))
    assert those("all inputs", "measure") == set(refreshed(runs, "all inputs"))
    assert those("all inputs", "score") == {None}


def test_where_the_date_moves_everybody_is_measured_anew_and_hardly_anybodys_rows_are_cleaned(runs):
    # Whether a bot made a session is told by what it did before the date.
    over_the_date = {row[0] for row in runs.sql(f"""
        select distinct user_id from events.main.seg__events where session_id in (
            select session_id from events.main.int_seg__sessions_summed
            where session_date < date '{TODAY["seg__as_of_date"]}' and ended_at >= date '{TODAY["seg__as_of_date"]}'
            or session_date < date '{TOMORROW["seg__as_of_date"]}' and ended_at >= date '{TOMORROW["seg__as_of_date"]}'
        )
    """).fetchall()}
    assert "night owl" in over_the_date
    assert over_the_date <= set(refreshed(runs, "next date"))
    assert len(refreshed(runs, "next date")) < 20
    bots = 'select is_bot from "{}".main.seg__sessions where session_id = \'over midnight\''
    assert [runs.sql(bots.format(run)).fetchall() for run in ["events", "next date"]] == [[(False,)], [(True,)]]
    assert rows(runs, "next date", "int_seg__users_to_measure") == [(None, "other dates")]
    assert {row[0] for row in rows(runs, "next date", "int_seg__users_to_score")} == {None}


def test_everybody_is_measured_anew_where_fewer_have_features_at_earlier_dates(runs):
    assert rows(runs, "events, smaller share", "int_seg__users_to_measure") == [(None, "other dates")]
    for run, one_in in [("before", 2), ("events", 2), ("events, smaller share", 3)]:
        with_features, known = (
            {row[0] for row in runs.sql(query).fetchall()} for query in [
                f"""
                select features.user_id from "{run}".main.seg__user_features as features
                inner join "{run}".main.int_seg__feature_dates as dates using (as_of_date) where dates.one_in > 1
                """,
                f"""
                select user_id from "{run}".main.int_seg__users where sample_bucket % {one_in} = 0 and known_date < (
                    select max(as_of_date) from "{run}".main.int_seg__feature_dates where one_in = {one_in}
                )
                """,
            ]
        )
        assert with_features == known and len(known) > 50, run


def test_everybody_is_refreshed_after_some_of_the_tables_were_built_alone(runs):
    assert list(refreshed(runs, "next date after a part")) == [None]


def test_everybody_is_refreshed_where_rows_are_gone(runs):
    assert list(refreshed(runs, "erasure")) == [None]
    assert refreshed(runs, "erasure")[None].endswith("are gone")


def test_a_key_that_is_given_up_goes_back_to_whoever_has_it_too(runs):
    assert refreshed(runs, "other keys") == {None: "rows of events are gone"}
    borrowed = runs.sql("select replace(event_id, ' own', '') from \"other keys\".main.seg__events where user_id = 'borrower'").fetchall()
    owners = dict(runs.sql('select event_id, user_id from "other keys".main.seg__events').fetchall())
    assert borrowed
    assert all(owners[event_id] not in ("borrower", None) for (event_id,) in borrowed)


def test_ids_that_somebody_else_has_too_stay_whose_they_were_where_that_user_is_not_refreshed(runs):
    def owners(run):
        return {row[0]: row[1:] for row in runs.sql(f"""
            select event_id, user_id, copy_count from "{run}".main.seg__events where event_id in ('lost', 'won', 'of two 27')
        """).fetchall()}

    second = owners("events")["of two 27"][0]
    assert second in refreshed(runs, "events") and "somebody else" not in refreshed(runs, "events")
    assert owners("events") == owners("before") == {"of two 27": (second, 1), "lost": ("somebody else", 2), "won": (second, 2)}


def test_a_whole_build_refreshes_everybody(runs):
    for run in ["before", "all inputs, whole"]:
        assert refreshed(runs, run) == {None: "a whole build"}


def test_who_asks_to_be_forgotten_is_on_no_table_of_the_path(runs, models):
    def holders(run):
        return {name for name in set(models) & tables(runs, run) if any("u103" in row for row in rows(runs, run, name))}

    assert "seg__events" in holders("all inputs")
    assert holders("erasure") == set()
    assert not any("u103" in row for step in STEPS for row in rows(runs, "erasure", f"{step}__refreshed"))


def test_new_events_count_on_the_date_of_the_last_fit_too(runs):
    before, after = (rows(runs, run, "seg__user_segments") for run in ["before", "events"])
    assert after != before
    assert 'now "13" 🙂' in {row[0] for row in after} - {row[0] for row in before}


def test_new_events_leave_the_lists_that_all_users_would_have_with_the_same_fits(runs):
    assert unequal(runs, "events", "events, whole lists", [LISTS]) == {}


def test_profiles_hold_the_segments_predictions_and_lists_of_the_run(runs):
    for run in ["events", "next date", "all inputs"]:
        differing = runs.sql(f"""
            select profiles.user_id
            from "{run}".main.seg__user_profiles as profiles
            full outer join (
                select * from "{run}".main.seg__user_features where as_of_date = (select max(as_of_date) from "{run}".main.seg__user_features)
            ) as features using (user_id)
            left join "{run}".main.seg__user_segments as segments on segments.user_id = features.user_id and segments.scheme = 'rfm'
            left join "{run}".main.seg__user_predictions as predictions
                on predictions.user_id = features.user_id and predictions.target_name = 'will_order'
            left join "{run}".main.{LISTS} as lists on lists.user_id = features.user_id and lists.recommendation_rank = 1
            where profiles.as_of_date is distinct from features.as_of_date
            or profiles.order_count is distinct from features.order_count
            or profiles.rfm_segment is distinct from segments.segment_name
            or profiles.will_order_probability is distinct from predictions.prediction
            or profiles.top_recommendation_product_id is distinct from lists.product_id
        """).fetchall()
        assert differing == [], run


def test_a_date_later_the_lists_of_everybody_made_in_turns_are_those_made_at_once(runs):
    before, after = ({row[:3] for row in rows(runs, run, LISTS)} for run in ["events", "next date"])
    assert before != after
    assert unequal(runs, "next date", "next date, all at once", [LISTS, "seg__user_features", "int_seg__user_affinities"]) == {}


def test_only_the_users_concerned_have_other_lists(runs):
    concerned = refreshed(runs, "events")
    before, after = ({row for row in rows(runs, run, LISTS) if row[0] not in concerned} for run in ["before", "events"])
    assert before == after
    before, after = ({row[:2] for row in rows(runs, run, LISTS) if row[0] in concerned} for run in ["before", "events"])
    assert len(after - before) > 30


def test_what_was_looked_at_last_and_what_is_near_to_it_is_recommended_next(runs):
    def reasons(run: str, user: str) -> list[tuple]:
        return runs.sql(f"""
            select product_id, because_product_id, reason like '%looked at%on {LAST_DAY}'
            from "{run}".main.{LISTS} where user_id = '{user}' order by recommendation_rank
        """).fetchall()

    # Somebody new, of whom one view of one product is known.
    assert reasons("before", "sixth") == []
    assert ("p3", "p3", True) in reasons("events", "sixth")[:5]
    assert all(because == "p3" and is_of_last_day for _, because, is_of_last_day in reasons("events", "sixth")[:5])
    # Somebody who comes back and looks at seventeen.
    (user,) = runs.sql("""select user_id from "events".main.seg__events where event_id = 'now 1'""").fetchall()[0]
    assert not any(is_of_last_day for *_, is_of_last_day in reasons("before", user))
    assert sum(is_of_last_day for *_, is_of_last_day in reasons("events", user)) > 5


def test_every_user_has_a_full_list_new_ones_and_those_of_another_date_too(runs):
    for run, day in [("events", TODAY), ("next date", TOMORROW), ("all inputs", TOMORROW)]:
        lengths = runs.sql(f"""
            select users.user_id, count(lists.product_id) from "{run}".main.int_seg__users as users
            left join "{run}".main.{LISTS} as lists
                on users.user_id = lists.user_id and lists.as_of_date = date '{day["seg__as_of_date"]}'
            group by users.user_id
        """).fetchall()
        assert 'now "13" 🙂' in dict(lengths)
        assert {length for _, length in lengths} == {10}, run


def test_what_recommendations_are_measured_by_stays_until_the_next_whole_build(runs):
    kept = set(STEPS) & tables(runs, "before")
    assert len(kept) == len(STEPS) - 2  # Two are views.
    assert unequal(runs, "before", "events", kept) == {}
    assert unequal(runs, "before", "next date", ["int_seg__recommendable_products", "int_seg__similar_products"]) == {}
    beside = {f"{step}__refreshed" for step in STEPS}
    assert beside <= tables(runs, "events")
    assert not beside & tables(runs, "events, whole lists")


def test_nothing_is_fitted_and_nothing_else_changes(runs):
    for run in ["events", "next date", "all inputs"]:
        assert unequal(runs, "before", run, KEPT) == {}, run


def test_every_table_by_user_is_built_before_the_inputs_count_as_refreshed(models, tmp_path):
    """Else a run that broke off would leave it with rows that the next run takes for refreshed."""
    by_user = {name for name, (_, materialization) in models.items() if materialization == "by_user"}
    listed = subprocess.run(
        [DBT, "--quiet", "ls", "--select", "+int_seg__refreshed_fingerprints", "--resource-type", "model", "--output", "name",
         "--target-path", tmp_path, "--log-path", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=True, env={"DBT_PROFILES_DIR": str(ROOT), "PATH": ""},
    ).stdout
    assert len(by_user) > 20
    assert by_user - set(listed.split()) == set()


def test_no_python_node_is_on_the_path(models):
    assert {"seg__user_segments", "seg__user_features", "seg__events", LISTS} <= set(models)
    assert {language for language, _ in models.values()} == {"sql"}


def test_the_limit_of_the_log_that_is_raised_is_the_default_of_duckdb():
    macro = (ROOT / "macros" / "engines" / "put_off_checkpoints.sql").read_text(encoding="utf-8")
    [(default,)] = duckdb.sql("select current_setting('checkpoint_threshold')").fetchall()
    assert f"== '{default}'" in macro
