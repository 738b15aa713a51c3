"""Predictions and profiles after new rows: scored with the models of the last whole build, on the demo store, where models serve."""

import os
import shutil
import subprocess

import duckdb
import pytest
from comparisons import unequal
from shops import DBT, ROOT, selected

# Steps whose tables a realtime run keeps: what it makes of them lies beside.
STEPS = [
    "int_seg__order_histories", "int_seg__lifetime_order_counts", "int_seg__lifetime_expectations",
    "int_seg__prediction_features_filled", "int_seg__prediction_features_scaled", "int_seg__prediction_features",
]
PREDICTIONS = ["int_seg__predictions_served", "seg__user_predictions", "seg__user_profiles"]
TARGETS = {"order_count", "net_revenue", "will_order", "days_to_next_order", "lifetime_value_12m"}
EVENT, LINE = (
    "insert into seg_demo__events (event_id, user_id, event_type, occurred_at, product_id)",
    "insert into seg_demo__order_lines (order_line_id, order_id, user_id, product_id, ordered_at, quantity, unit_price, order_status)",
)
LAST_DAY = "(select max(as_of_date) - interval 1 day from seg__user_predictions)"
# Forty users look at something and five of them order it, on the last day that the store knows; somebody new comes by.
NEW_ROWS = f"""
    create temp table known as
    select user_id, row_number() over (order by md5(user_id)) as number
    from seg__user_profiles where order_count > 1 order by number limit 40;
    {EVENT} select 'new ' || number, user_id, 'view', {LAST_DAY} + interval 20 hour, 'p1' from known;
    {LINE} select 'new ' || number, 'new ' || number, user_id, 'p1', {LAST_DAY} + interval 21 hour, 1, 20, 'completed' from known where number <= 5;
    {EVENT} select 'new', 'somebody "new" 🙂', 'view', {LAST_DAY} + interval 20 hour, 'p1'
"""
# A day later one of them comes back.
NEXT_DAY = f"{EVENT} select 'next', user_id, 'view', {LAST_DAY} + interval 30 hour, 'p1' from seg_demo__events where event_id = 'new 1'"
RUNS = {
    "new rows": (NEW_ROWS, ["tag:realtime"]),
    "whole": ("", ["int_seg__prediction_rows_sampled", *STEPS, *PREDICTIONS]),
    "next date": (NEXT_DAY, ["tag:realtime"]),
}


@pytest.fixture(scope="module")
def runs(demo_database, tmp_path_factory):
    """A connection to what the demo store held before and after each run, attached under the run's name."""
    folder = tmp_path_factory.mktemp("realtime")
    # Views name the database, which is called as the file is.
    database, target = folder / demo_database.name, folder / "target"
    environment = {**os.environ, "SEG_DUCKDB_PATH": str(database), "DBT_PROFILES_DIR": str(ROOT), "DBT_LOG_LEVEL_FILE": "none"}
    built = {"before": demo_database}
    for name, (rows, models) in RUNS.items():
        shutil.copyfile(built["before" if name == "new rows" else "new rows"], database)
        with duckdb.connect(str(database)) as connection:
            connection.execute(rows or "select 1")
        done = subprocess.run(
            [DBT, "build", *selected(models), "--exclude-resource-type", "unit_test", "--target-path", target],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]
        built[name] = shutil.copyfile(database, folder / f"{name}.duckdb")
    with duckdb.connect() as connection:
        for name, file in built.items():
            connection.execute(f"attach '{file}' as \"{name}\" (read_only)")
        yield connection


def concerned(runs) -> set[str]:
    return {row[0] for row in runs.sql('select user_id from "new rows".main.int_seg__users_to_refresh').fetchall()}


def predictions(runs, run: str) -> dict[tuple, tuple]:
    return {row[:2]: row[2:] for row in runs.sql(f"""
        select user_id, target_name, prediction, prediction_low, prediction_high from "{run}".main.seg__user_predictions
    """).fetchall()}


def test_models_serve_and_buyers_have_a_rhythm(runs):
    """Else nothing below says much."""
    assert len(runs.sql("from before.main.seg__model_choices where is_fitted").fetchall()) >= 4
    assert runs.sql("select count(*) from \"new rows\".main.int_seg__lifetime_expectations__refreshed").fetchall()[0][0] > 40


def test_new_rows_leave_the_predictions_that_all_users_would_have_with_the_same_models(runs):
    assert unequal(runs, "new rows", "whole", PREDICTIONS) == {}


def test_only_the_users_concerned_are_predicted_anew(runs):
    assert 40 <= len(concerned(runs)) < 80
    predicted = {row[0] for row in runs.sql('select user_id from "new rows".main.int_seg__users_to_predict').fetchall()}
    # Five orders move mean prices: everybody has other features, none of which predictions look at.
    assert predicted == concerned(runs)
    assert runs.sql('select user_id from "new rows".main.int_seg__users_to_score').fetchall() == [(None,)]
    before, after = predictions(runs, "before"), predictions(runs, "new rows")
    changed = {key[0] for key in {*before, *after} if before.get(key) != after.get(key)}
    assert len(changed) >= 40 and changed <= concerned(runs)


def test_who_is_new_and_who_ordered_is_predicted_as_such(runs):
    before, after = predictions(runs, "before"), predictions(runs, "new rows")
    assert {target for user_id, target in after if user_id == 'somebody "new" 🙂'} == TARGETS
    buyers = runs.sql("select user_id from \"new rows\".main.seg__orders where order_id like 'new %'").fetchall()
    assert len(buyers) == 5
    for (user_id,) in buyers:
        assert after[user_id, "order_count"] != before[user_id, "order_count"]
    percentiles = runs.sql('select min(percentile), max(percentile) from "new rows".main.seg__user_predictions').fetchall()[0]
    assert percentiles[0] > 0 and percentiles[1] == 1


def test_models_metrics_and_reasons_are_those_of_the_last_whole_build(runs):
    kept = ["seg__model_choices", "seg__model_metrics", "seg__prediction_reasons", "int_seg__horizon_growth", *STEPS]
    for run in ["new rows", "next date"]:
        assert unequal(runs, "before", run, kept) == {}, run


def test_a_day_later_everybody_is_predicted_from_that_day_with_the_same_models(runs):
    assert runs.sql('select * from "next date".main.int_seg__users_to_predict').fetchall() == [(None, "other dates")]
    for table in PREDICTIONS:
        dates = {run: runs.sql(f'select distinct as_of_date from "{run}".main.{table}').fetchall() for run in ["new rows", "next date"]}
        assert len(dates["new rows"]) == len(dates["next date"]) == 1, table
        assert (dates["next date"][0][0] - dates["new rows"][0][0]).days == 1, table
    earlier, later = predictions(runs, "new rows"), predictions(runs, "next date")
    assert {key for key in earlier if key[1] != "will_churn"} == {key for key in later if key[1] != "will_churn"}


def test_a_day_in_which_nothing_came_lowers_the_chance_of_still_being_there(runs):
    """By BG/NBD as of the day before, in Fader, Hardie & Lee (2005), equation for P(alive)."""
    rows = runs.sql("""
        select
            earlier.alive_probability, later.alive_probability,
            1 / (1 + fits.a / (fits.b + repeat_count - 1) * power((fits.alpha + age_days) / (fits.alpha + recency_days), fits.r + repeat_count))
        from before.main.int_seg__lifetime_expectations as earlier
        inner join before.main.int_seg__as_of_dates as dates on earlier.as_of_date = dates.as_of_date and dates.split = 'scoring'
        inner join before.main.int_seg__lifetime_fits as fits on fits.as_of_date = dates.as_of_date
        inner join "next date".main.int_seg__lifetime_expectations__refreshed as later
            on earlier.user_id = later.user_id and earlier.horizon_days = later.horizon_days
        inner join "next date".main.int_seg__order_histories__refreshed as histories on later.user_id = histories.user_id
        where histories.repeat_count > 0 and not exists (
            select * from "next date".main.seg__orders as orders
            where orders.user_id = earlier.user_id and order_date >= earlier.as_of_date - interval 1 day
        )
    """).fetchall()
    assert len(rows) > 500
    assert all(later < earlier for earlier, later, _ in rows)
    assert all(later == pytest.approx(expected, rel=1e-9) for _, later, expected in rows)
