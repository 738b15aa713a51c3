"""How long SQL takes to score millions of users with the models that serve the demo store.

    python tests/benchmark/score.py [--users 2000000] [--threads 2] [--write]

Builds the demo store, then repeats its users at the scoring date until there are that many and runs the scoring query
of the build on them: the very text that dbt ran, models and all. Seconds are of the query alone, its result written to a
table; the features are there already.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from results import write_result

ROOT = Path(__file__).resolve().parents[2]
QUERY = "int_seg__predictions_served"
REPEATED = ["int_seg__prediction_features_filled", "int_seg__prediction_features"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=2_000_000)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--write", action="store_true", help="write the figure into RESULTS.md and README.md as well")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "score.duckdb"
        subprocess.run(
            [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--exclude-resource-type", "test",
             "--exclude-resource-type", "unit_test", "--target-path", f"{folder}/target"],
            cwd=ROOT, check=True,
            env={**os.environ, "SEG_DUCKDB_PATH": str(database), "DBT_PROFILES_DIR": str(ROOT)},
        )
        [compiled] = Path(folder, "target", "compiled").rglob(f"{QUERY}.sql")
        query = "create table scored as " + compiled.read_text(encoding="utf-8")
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"set threads = {arguments.threads}")
            users = repeat_users(connection, arguments.users)
            started = time.monotonic()
            connection.execute(query)
            seconds = time.monotonic() - started
            rows = connection.execute("select count(*) from scored").fetchall()[0][0]
            served = connection.execute("""
                select string_agg(target_name || ' ' || model_name, ', ' order by target_name)
                from seg__model_choices where target_name <> 'will_churn'
            """).fetchall()[0][0]

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = (
        f"Scoring {users:,} users for every target ({rows:,} predictions; {served}) takes {seconds:.1f} s on "
        f"{arguments.threads} threads, at a peak of {peak:,.0f} MB."
    )
    print(text)
    if arguments.write:
        write_result("scoring", text)


def repeat_users(connection: duckdb.DuckDBPyConnection, wanted: int) -> int:
    """Keep the rows of the scoring date, repeated under new ids until there are that many users; return how many."""
    users = connection.execute(f"""
        select count(distinct user_id) from {REPEATED[0]} where split = 'scoring'
    """).fetchall()[0][0]
    copies = -(-wanted // users)
    for table in REPEATED:
        connection.execute(f"""
            create table repeated as
            select {table}.* replace (user_id || '-' || copies.copy as user_id)
            from {table} cross join range({copies}) as copies (copy)
            where split = 'scoring'
        """)
        connection.execute(f"drop table {table}")
        connection.execute(f"alter table repeated rename to {table}")
    return users * copies


if __name__ == "__main__":
    main()
