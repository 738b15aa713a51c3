"""Fixtures shared by all tests: the built demo store, read-only."""

import os
import subprocess
from pathlib import Path

import duckdb
import pytest
from shops import DBT, ROOT


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
