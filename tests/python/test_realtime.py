"""New events after a whole build: `dbt build --select tag:realtime` scores them with what was fitted before."""

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

LAST_DAY = generate_store.DEFAULT_END - timedelta(days=1)

# A thousand events of today: forty users come back, ten come for the first time.
NEW_EVENTS = f"""
    select
        'now ' || number as event_id,
        case when number % 50 < 40
            then users.user_id
            else 'now "' || number % 50 || '" 🙂'
        end as user_id,
        case when number % 10 = 0 then 'cart_add' else 'view' end as event_type,
        timestamp '{LAST_DAY}' + interval 20 hour + to_seconds(number * 3) as occurred_at,
        'p' || number % 17 as product_id
    from range(1000) as numbers (number)
    inner join (
        select user_id, row_number() over (order by user_id) - 1 as place
        from (select distinct user_id from order_lines where user_id like 'u%')
    ) as users
    on users.place = number % 50
"""
SEGMENTS = "select * exclude (confidence), round(confidence, 9) from seg__user_segments order by user_id, scheme"
OTHERS = ["seg__segments", "seg__user_profiles", "seg__user_predictions", "seg__fit_log", "seg__user_segment_history"]


def inputs_of(folder: Path, has_new: bool) -> dict[str, str]:
    rows = {
        name: f"select * from '{folder}/{name}/*.parquet'" for name in ("events", "order_lines", "users", "products")
    }
    for name, time in [("events", "occurred_at"), ("order_lines", "ordered_at")]:
        rows[name] += f" where {time} < timestamp '{LAST_DAY}'"
    if has_new:
        rows["events"] += f"""
            union all by name
            select * from (with order_lines as ({rows["order_lines"]}) {NEW_EVENTS})
        """
    return rows


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What was there after a whole build, after realtime builds as of the same and the next date, and after a whole one."""
    store = tmp_path_factory.mktemp("store")
    generate_store.generate(users=400, days=300, products=60, seed=5, out=store)
    shop = BareShop(tmp_path_factory.mktemp("realtime") / "shop")
    settings = {"seg__horizon_days": 30, "seg__refit_policy": "never"}
    today, tomorrow = ({**settings, "seg__as_of_date": str(LAST_DAY + timedelta(days=days))} for days in [1, 2])
    found = []
    for has_new, dated, options in [
        (False, today, {"tests": False}),
        (True, today, {"select": ["tag:realtime"]}),
        (True, tomorrow, {"select": ["tag:realtime"]}),
        (True, tomorrow, {"select": ["+seg__user_segments"]}),
    ]:
        database = shop.build("store", inputs_of(store, has_new), dated, **options)
        found.append(contents(database))
    return found


def contents(database: Path) -> dict:
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            "segments": connection.sql(SEGMENTS).fetchall(),
            "users": {row[0] for row in connection.sql("select user_id from seg__user_segments").fetchall()},
            "others": [
                connection.sql(f"select * from {name} order by all").fetchall() for name in OTHERS
                if connection.sql(f"select 1 from duckdb_tables() where table_name = '{name}'").fetchall()
            ],
        }


def test_users_with_new_events_are_scored_as_a_whole_build_would(runs):
    _, same_date, next_date, whole = runs
    assert next_date["segments"] == whole["segments"]
    assert next_date["segments"] != same_date["segments"]


def test_new_events_count_on_the_date_of_the_last_fit_too(runs):
    before, same_date, _, _ = runs
    assert same_date["segments"] != before["segments"]
    assert {user for user in same_date["users"] - before["users"] if user.startswith("now")}


def test_nothing_is_fitted_and_nothing_else_changes(runs):
    before, same_date, next_date, _ = runs
    assert before["others"] == same_date["others"] == next_date["others"]


def test_no_python_node_is_on_the_path(tmp_path):
    listed = subprocess.run(
        [DBT, "--quiet", "ls", "--select", "tag:realtime", "--resource-type", "model", "--output", "json",
         "--output-keys", "name language", "--target-path", tmp_path, "--log-path", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=True, env={"DBT_PROFILES_DIR": str(ROOT), "PATH": ""},
    ).stdout
    nodes = [json.loads(line) for line in listed.splitlines() if line.startswith("{")]
    assert {"seg__user_segments", "seg__user_features", "seg__events"} <= {node["name"] for node in nodes}
    assert {node["language"] for node in nodes} == {"sql"}
