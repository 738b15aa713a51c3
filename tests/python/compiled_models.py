"""Models of the package as dbt compiles them, run on given tables: the SQL that a shop runs, without a build."""

import os
from pathlib import Path

import duckdb
import pandas as pd
import yaml
from shops import DBT, BareShop, run


class CompiledModels:
    """Compiles some models once; they can then be run on any tables, in one DuckDB connection."""

    def __init__(self, folder: Path, models: list[str], vars: dict | None = None):
        shop = BareShop(folder / "shop")
        target = folder / "target"
        run(
            [str(DBT), "compile", "--target-path", str(target), "--vars", yaml.safe_dump(vars or {}), "--select", *models],
            shop.folder,
            {**os.environ, "SEG_DUCKDB_PATH": str(folder / "models.duckdb"), "DBT_PROFILES_DIR": str(shop.folder),
             "NO_COLOR": "1"},
        )
        self.sql = {}
        for model in models:
            (file,) = target.glob(f"compiled/**/{model}.sql")
            self.sql[model] = file.read_text()
        self.connection = duckdb.connect(str(folder / "models.duckdb"))

    def give(self, name: str, rows: pd.DataFrame | str) -> None:
        """A table from a frame or a select."""
        if isinstance(rows, pd.DataFrame):
            self.connection.register("given_rows", rows)
            rows = "select * from given_rows"
        self.connection.execute(f"create or replace table {name} as {rows}")

    def run(self, models: list[str]) -> None:
        for model in models:
            self.connection.execute(f"create or replace table {model} as {self.sql[model]}")

    def rows(self, query: str) -> pd.DataFrame:
        return self.connection.sql(query).df()
