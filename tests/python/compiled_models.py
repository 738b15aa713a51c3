"""Models of the package as dbt compiles them, run on given tables: the SQL that a shop runs, without a build."""

from pathlib import Path

import duckdb
import pandas as pd
from shops import DBT, BareShop


class CompiledModels:
    """Compiles some models once; they can then be run on any tables, in one DuckDB connection."""

    def __init__(self, folder: Path, models: list[str], vars: dict | None = None):
        shop = BareShop(folder / "shop")
        database = shop.fill("compiled", {})
        command = [str(DBT), "compile", *shop.options("compiled", vars or {}), "--select", *models]
        shop.run("compiled", command)
        self.sql = {}
        for model in models:
            (file,) = shop.target("compiled").glob(f"compiled/**/{model}.sql")
            self.sql[model] = file.read_text()
        self.connection = duckdb.connect(str(database))

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
