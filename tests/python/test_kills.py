"""Builds that are killed: the next one leaves the tables of an undisturbed one, and readers see finished builds only.

Twenty kills of each kind are `make faults`; here are a few, of the steps that a realtime run goes through and what they read.
"""

import os
import signal
import sys
import time

import duckdb
import pytest
from comparisons import OF_THE_RUN, unequal
from shops import FEW_MODELS, ROOT

sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
from faults import WITHOUT_TESTS, Faults, inputs_of, kills

KILL_COUNT = 1


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    return Faults(
        tmp_path_factory.mktemp("faults"), users=200, days=200, seed=3, select=["+tag:realtime"], vars=FEW_MODELS
    )


@pytest.fixture(scope="module")
def found(faults):
    return list(kills(faults, KILL_COUNT))


def test_after_a_kill_the_next_build_leaves_the_tables_of_an_undisturbed_one(found):
    killed = found[:-1]
    assert [kill.kind for kill in killed] == ["whole", "realtime"] * KILL_COUNT
    assert [kill.differences for kill in killed] == [{}] * len(killed)


def test_after_a_kill_nothing_is_published_until_a_build_is_finished(found):
    assert all(kill.is_sound() for kill in found[:-1])
    assert any(kill.is_refused for kill in found[:-1])


def test_readers_of_the_published_copy_see_finished_builds_whole(found):
    read_count, unpublished = found[-1]
    assert read_count > 50
    assert unpublished == []


def test_rows_that_a_killed_realtime_run_took_in_are_gone_with_their_input(faults):
    """The inputs are again what the last finished build saw: nothing is new, and yet there is something to do."""
    database = faults.begin("withdrawn")
    process, printed = faults.start("realtime", database)
    while "OK created sql by_user model main.seg__events " not in printed.read_text():
        assert process.poll() is None, printed.read_text()
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    inputs = inputs_of(faults.store, 0)
    faults.shop.fill("withdrawn", inputs)
    command = faults.shop.command("withdrawn", inputs, faults.settings(1), select=["tag:realtime"])
    faults.shop.run("withdrawn", [*command, *WITHOUT_TESTS])
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as killed (read_only)")
        connection.execute(f"attach '{faults.before}' as undisturbed (read_only)")
        names = {row[0] for row in connection.sql("""
            select table_name from duckdb_tables() where database_name = 'undisturbed' and schema_name = 'main'
        """).fetchall()}
        assert unequal(connection, "killed", "undisturbed", sorted(names - OF_THE_RUN)) == {}
        assert connection.sql("select reason from killed.main.int_seg__users_to_refresh").fetchall() == [("a build broke off",)]
