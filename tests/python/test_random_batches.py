"""However rows come in, in batches or at once, late or in order, cleaned inputs and features end up the same.

A generated store with all its dirt (doubled keys, aliases, erasure requests, returns) is dealt into batches at random, some
users' rows to later ones whatever their dates. The first batch is built whole, each further one is taken in by a realtime
run a day later; then a whole build of the same rows follows. SEG_BATCH_SEEDS, such as `1,2,3`, names other deals. In those of
even seeds `loaded_at` says of each row when its batch came in; in the others it is what it was, which says nothing of batches.
"""

import os
import shutil
import sys
from datetime import timedelta

import duckdb
import pytest
from comparisons import made_by_both, unequal
from shops import FEW_MODELS, ROOT, BareShop

sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
import generate_store
from realtime_rows import LAST_DAY, TIMES

SEEDS = [int(seed) for seed in os.environ.get("SEG_BATCH_SEEDS", "1,2").split(",")]
BATCH_COUNT = 4
LATE_USERS, LATE_PRODUCTS, LATE_ROWS = 0.06, 0.03, 0.5  # shares
# Every batch is run a day after the one before it, the last one on the day after the last day.
SETTINGS = [
    {
        "seg__horizon_days": 30, "seg__refit_policy": "never",
        "seg__as_of_date": str(LAST_DAY + timedelta(days=2 + number - BATCH_COUNT)),
    }
    for number in range(BATCH_COUNT)
]
# What does not rest on fits, which a realtime run leaves as they are.
WHOLE = ["+seg__user_features", "+seg__input_quality", "+seg__rejected_rows", "+seg__orders", "+seg__sessions"]


def chance(seed: int, text: str) -> str:
    """A number in [0, 1) that depends on the seed and the text alone."""
    return f"(('0x' || substr(md5('{seed} ' || coalesce({text}, '')), 1, 8))::bigint / 4294967296.0)"


def batches(store, seed: int, last: int) -> dict[str, str]:
    """The inputs as a select each: all rows of the batches from 0 to `last`."""
    inputs = {}
    for name in generate_store.INPUTS:
        owner = "product_id" if name == "products" else "user_id"
        share = LATE_PRODUCTS if name == "products" else LATE_USERS
        # Requests to be forgotten come in the second batch: everybody is refreshed then, and nobody may be needlessly later.
        batch = 1 if name == "erasure_requests" else (
            f"1 + cast(floor({chance(seed, f'''rows.{owner} || ' {name} when' ''')} * {BATCH_COUNT - 1}) as int)"
        )
        dealt = f"""
            case
                when {chance(seed, f"rows.{owner}")} < {share} and {chance(seed, "cast(rows as varchar)")} < {LATE_ROWS} then {batch}
                else 0
            end
        """
        columns = f"* replace (timestamp '{LAST_DAY}' + to_hours({dealt}) as loaded_at)" if seed % 2 == 0 and name in TIMES else "*"
        inputs[name] = f"select {columns} from '{store}/{name}/*.parquet' as rows where {dealt} <= {last}"
    return inputs


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("batches") / "shop", FEW_MODELS)


@pytest.fixture
def compared(shop, runs):
    return made_by_both(shop.target("other"), runs, "whole")


@pytest.fixture(scope="module", params=SEEDS)
def runs(request, shop, tmp_path_factory):
    """A connection to what the database held after each batch, and after a whole build of all: batch_0 to batch_3, whole."""
    store = tmp_path_factory.mktemp("store")
    generate_store.generate(users=300, days=240, products=60, seed=request.param, out=store)
    steps = [("shop", "batch_0", 0, None)]
    steps += [("shop", f"batch_{number}", number, ["tag:realtime"]) for number in range(1, BATCH_COUNT)]
    # A file of its own: on the other one this selection would be a realtime run too.
    steps += [("other", "whole", BATCH_COUNT - 1, WHOLE)]
    for name in ["shop", "other"]:
        shop.database(name).unlink(missing_ok=True)
    with duckdb.connect() as connection:
        for database, name, last, models in steps:
            built = shop.build(database, batches(store, request.param, last), SETTINGS[last], select=models, tests=False)
            copy = shutil.copy(built, store / f"{name}.duckdb")
            connection.execute(f"attach '{copy}' as {name} (read_only)")
        yield connection


def count(connection, run: str, table: str) -> int:
    return connection.sql(f"select count(*) from {run}.main.{table}").fetchall()[0][0]


def test_batches_leave_the_tables_of_a_whole_build_of_all_rows(runs, compared):
    assert {"seg__events", "seg__sessions", "seg__orders", "seg__user_features", "seg__rejected_rows"} <= set(compared)
    assert len(compared) > 30
    assert runs.sql("select user_id, reason from whole.main.int_seg__users_to_refresh").fetchall() == [(None, "a table is missing")]
    assert unequal(runs, f"batch_{BATCH_COUNT - 1}", "whole", compared) == {}


def test_every_batch_brings_rows_and_those_after_erasures_concern_some_users_only(runs):
    kept = [count(runs, f"batch_{number}", "seg__events") for number in range(BATCH_COUNT)]
    assert len(set(kept)) == BATCH_COUNT
    for number in range(2, BATCH_COUNT):
        reasons = runs.sql(f"select user_id, reason from batch_{number}.main.int_seg__users_to_refresh").fetchall()
        assert reasons, number
        assert all(user is not None for user, _ in reasons), reasons[:3]
