"""New rows after a whole build: `dbt build --select tag:realtime` takes them in and scores with what was fitted before.

Each such run is compared with a whole build of the same rows: no table may tell how it was made.
"""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from shops import DBT, ROOT, BareShop

sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
import generate_store
from realtime_rows import LAST_DAY, inputs_of

TODAY, TOMORROW = (
    {"seg__horizon_days": 30, "seg__refit_policy": "never", "seg__as_of_date": str(LAST_DAY + timedelta(days=days))}
    for days in [1, 2]
)
REALTIME = ["tag:realtime"]
# name: database, stage of the inputs, settings, models (none: all).
RUNS = {
    "before": ("store", 0, TODAY, None),
    "events": ("store", 1, TODAY, REALTIME),
    "events, whole": ("other", 1, TODAY, ["+seg__user_features", "+seg__input_quality", "+seg__orders", "+int_seg__user_terms"]),
    "next date": ("store", 1, TOMORROW, REALTIME),
    "all inputs": ("store", 2, TOMORROW, REALTIME),
    "all inputs, whole": ("store", 2, TOMORROW, ["+seg__user_segments", "+seg__input_quality", "+seg__orders"]),
    "erasure": ("store", 3, TOMORROW, REALTIME),
}
# Fits and what follows from them: a realtime run leaves them as they are.
KEPT = ["seg__segments", "seg__user_profiles", "seg__user_predictions", "seg__fit_log", "seg__user_segment_history"]
OF_THE_RUN = ["int_seg__users_to_refresh", "int_seg__users_to_score", "int_seg__refreshed_fingerprints"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """name of a run -> table -> its rows after the run."""
    store = tmp_path_factory.mktemp("store")
    generate_store.generate(users=400, days=300, products=60, seed=5, out=store)
    shop = BareShop(tmp_path_factory.mktemp("realtime") / "shop")
    found = {}
    for name, (database, stage, settings, models) in RUNS.items():
        found[name] = contents(shop.build(database, inputs_of(store, stage), settings, select=models, tests=False))
    return found


@pytest.fixture(scope="module")
def models():
    """name -> (language, materialization) of the models on the path."""
    listed = subprocess.run(
        [DBT, "--quiet", "ls", "--select", "tag:realtime", "--resource-type", "model", "--output", "json",
         "--output-keys", "name language config"],
        cwd=ROOT, capture_output=True, text=True, check=True, env={"DBT_PROFILES_DIR": str(ROOT), "PATH": ""},
    ).stdout
    nodes = [json.loads(line) for line in listed.splitlines() if line.startswith("{")]
    return {node["name"]: (node["language"], node["config"]["materialized"]) for node in nodes}


def contents(database: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = [row[0] for row in connection.sql("""
            select table_name from duckdb_tables() where schema_name = 'main'
            and (table_name like 'seg\\_\\_%' escape '\\' or table_name like 'int\\_seg%' escape '\\')
        """).fetchall()]
        return {name: rows_of(connection, name) for name in tables}


def rows_of(connection, name: str) -> list[tuple]:
    """Shares are compared to nine digits: sums of floats depend on their order."""
    columns = connection.sql(f"select column_name, data_type from duckdb_columns() where table_name = '{name}'").fetchall()
    shown = ", ".join(f"round({column}, 9)" if kind == "DOUBLE" else column for column, kind in columns)
    return connection.sql(f"select {shown} from {name} order by all").fetchall()


def unequal(one: dict, other: dict, names) -> dict[str, tuple]:
    found = {}
    for name in names:
        if one[name] != other[name]:
            left, right = set(map(repr, one[name])), set(map(repr, other[name]))
            found[name] = (sorted(left - right)[:3], sorted(right - left)[:3])
    return found


def refreshed(run: dict) -> dict[str | None, str]:
    return dict(run["int_seg__users_to_refresh"])


def tables_of(models: dict, runs: dict, run: str) -> list[str]:
    """What the path builds and the whole build built too."""
    return [name for name in models if name in runs[run] and name not in OF_THE_RUN]


def test_new_events_leave_the_tables_that_a_whole_build_makes(runs, models):
    of_path = [name for name in tables_of(models, runs, "events, whole") if "seg__user_content" not in name]
    assert {"seg__events", "seg__sessions", "seg__orders", "seg__user_features", "seg__rejected_rows"} <= set(of_path)
    assert unequal(runs["events"], runs["events, whole"], of_path) == {}


def test_rows_of_any_input_leave_the_tables_that_a_whole_build_makes(runs, models):
    of_path = tables_of(models, runs, "all inputs, whole")
    assert {"seg__user_segments", "seg__user_features", "int_seg__user_affinities"} <= set(of_path)
    assert unequal(runs["all inputs"], runs["all inputs, whole"], of_path) == {}


def test_only_the_users_concerned_are_refreshed(runs):
    for run in ["events", "all inputs"]:
        assert None not in refreshed(runs[run]), run
        assert 10 < len(refreshed(runs[run])) < 80, run
    assert refreshed(runs["events"])["thief"] == "events"
    assert set(refreshed(runs["events"]).values()) == {"events", "sessions"}


def test_everybody_is_refreshed_where_the_date_moves_or_rows_are_gone(runs):
    assert refreshed(runs["next date"]) == {None: "other rules"}
    assert list(refreshed(runs["erasure"])) == [None]
    assert "gone" in refreshed(runs["erasure"])[None]


def test_a_whole_build_refreshes_everybody(runs):
    for run in ["before", "all inputs, whole"]:
        assert refreshed(runs[run]) == {None: "a whole build"}


def test_who_asks_to_be_forgotten_is_on_no_table_of_the_path(runs, models):
    held = [name for name in models if any("u103" in row for row in runs["erasure"].get(name, []))]
    assert held == []
    assert any("u103" in row for row in runs["all inputs"]["seg__events"])


def test_new_events_count_on_the_date_of_the_last_fit_too(runs):
    assert runs["events"]["seg__user_segments"] != runs["before"]["seg__user_segments"]
    assert any('now "13" 🙂' in row for row in runs["events"]["seg__user_segments"])


def test_nothing_is_fitted_and_nothing_else_changes(runs):
    for run in ["events", "next date", "all inputs"]:
        assert unequal(runs["before"], runs[run], KEPT) == {}, run


def test_no_python_node_is_on_the_path(models):
    assert {"seg__user_segments", "seg__user_features", "seg__events"} <= set(models)
    assert {language for language, _ in models.values()} == {"sql"}
