"""Fixtures shared by all tests: the built demo store, read-only."""

import os
import subprocess
from pathlib import Path

import duckdb
import pytest
from compiled_models import CompiledModels
from shops import DBT, ROOT, BareShop


@pytest.fixture(scope="session", autouse=True)
def parse_once(tmp_path_factory):
    """What dbt imported is shared among a process's builds, what it parsed among those of all processes of pytest's."""
    folder = tmp_path_factory.getbasetemp()
    BareShop.parsed = (folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder) / "parsed"
    BareShop.parsed.mkdir(exist_ok=True)


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory) -> Path:
    """The DuckDB file of a demo build: SEG_DEMO_DATABASE where that names one, else built here."""
    given = os.environ.get("SEG_DEMO_DATABASE")
    if given:
        return Path(given).resolve()
    folder = tmp_path_factory.mktemp("demo")
    database = folder / "seg.duckdb"
    subprocess.run(
        [DBT, "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
         "--target-path", folder / "target", "--log-path", folder / "logs"],
        cwd=ROOT,
        env={**os.environ, "SEG_DUCKDB_PATH": str(database), "DBT_PROFILES_DIR": str(ROOT)},
        check=True,
    )
    return database


@pytest.fixture(scope="session")
def demo_store(demo_database):
    with duckdb.connect(str(demo_database), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def experiment_models(tmp_path_factory):
    """The models of experiments, compiled, to be run on whatever tables a test gives them."""
    return CompiledModels(
        tmp_path_factory.mktemp("experiments"),
        [
            "int_seg__experiment_plans", "seg__experiment_assignments", "int_seg__experiment_exposures",
            "int_seg__experiment_users", "int_seg__experiment_variants", "int_seg__experiment_outcomes",
            "int_seg__experiment_lifecycles", "int_seg__experiment_segments", "int_seg__experiment_sums",
            "int_seg__experiment_arms", "int_seg__experiment_differences", "int_seg__experiment_tests",
            "int_seg__experiment_balances", "seg__experiment_results", "seg__experiment_uplift",
            "int_seg__experiment_scores", "seg__experiment_qini",
        ],
        {"seg__experiments": "own_experiments", "seg__order_lines": "raw.order_lines"},
    )
