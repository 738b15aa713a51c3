"""Publish the marts of a finished build: a copy that BI tools read while the next build runs.

    python scripts/publish.py seg.duckdb published

FOLDER/marts.duckdb holds every public mart (`seg__...`), FOLDER/parquet/<mart>.parquet the same rows. Both are written
beside and swapped in one step each: whoever opens them finds one build, whole, the last one or the one before. The
Parquet files lie in FOLDER/parquet-<number>, to which FOLDER/parquet is a symbolic link; the folder before is kept for
who still reads it. Rows are in the order of their columns, from the first to the last.

Nothing is published where the last build did not finish, is still running, or left no marts: one message says which,
the exit code is 1, and what was published before stays. Needs the duckdb package, Linux or macOS.
"""

import argparse
import contextlib
import fcntl
import os
import re
import shutil
import stat
import sys
from pathlib import Path

import duckdb

DATABASE, PARQUET, LOCK = "marts.duckdb", "parquet", ".publish.lock"
NEW = ".new-"  # how everything begins that a publish has not finished
UNFINISHED = "int_seg__unfinished_nodes"
MART = re.compile(r"seg__[a-z0-9]+(_[a-z0-9]+)*")  # no second `__`: dbt's own tables of a moment have one
VERSION = re.compile(rf"{PARQUET}-(\d+)")
NAMES_SHOWN = 3


class CannotPublishError(Exception):
    """Why nothing is published, in words for the one who asked for it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("database", type=Path, help="DuckDB file that dbt builds into")
    parser.add_argument("folder", type=Path, help="where the published copy lies")
    parser.add_argument("--schema", help="schema of the marts, where the file holds them in several")
    arguments = parser.parse_args()
    try:
        marts = publish(arguments.database, arguments.folder, arguments.schema)
    except CannotPublishError as reason:
        print(f"Not published: {reason}", file=sys.stderr)
        return 1
    print(f"{len(marts)} marts published: {arguments.folder / DATABASE}, {arguments.folder / PARQUET}")
    return 0


def publish(database: Path, folder: Path, schema: str | None = None) -> list[str]:
    """Copy the marts of the file into the folder and return their names; raises CannotPublishError."""
    if not database.is_file():
        raise CannotPublishError(f"{database} does not exist: run `dbt build` first")
    if (folder / DATABASE).resolve() == database.resolve():
        raise CannotPublishError(f"{database} is the file that dbt builds into: name another folder")
    if "?" in str(folder.resolve()):  # It looks for its log beside another path then.
        raise CannotPublishError(f"DuckDB cannot write to a path with a question mark: {folder.resolve()}")
    if (folder / PARQUET).exists() and not (folder / PARQUET).is_symlink():
        raise CannotPublishError(f"{folder / PARQUET} is not of a publish: move it away or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with only_publisher(folder):
            remove_leftovers(folder)
            try:
                return write_and_swap(database, folder, schema)
            finally:
                remove_leftovers(folder)
    except OSError as problem:
        raise CannotPublishError(f"{problem.strerror} ({problem.filename or folder})") from problem
    except duckdb.Error as problem:
        raise CannotPublishError(f"DuckDB says: {problem}") from problem


@contextlib.contextmanager
def only_publisher(folder: Path):
    """The lock goes with the process, however that ends."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotPublishError(f"somebody else is publishing to {folder}: try again when that is done") from None
        yield


def write_and_swap(database: Path, folder: Path, schema: str | None) -> list[str]:
    number = 1 + max(versions(folder), default=0)
    new_database, new_parquet, new_link = (folder / f"{NEW}{name}" for name in [DATABASE, PARQUET, "link"])
    new_parquet.mkdir()

    with duckdb.connect(str(new_database)) as connection:
        attach(connection, database)
        marts = marts_of(connection, database, schema)
        refuse_unfinished(connection, database, schema)
        for mart, mart_schema in marts.items():
            copy_mart(connection, mart_schema, mart)
            # From the copy, which is in order already.
            connection.execute(f"copy {name(mart)} to {text(new_parquet / f'{mart}.parquet')} (format parquet)")
    new_database.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)  # a copy: what is written to it would be lost
    for file in [new_database, *new_parquet.iterdir(), new_parquet]:
        fsync(file)

    version = folder / f"{PARQUET}-{number}"
    new_parquet.rename(version)
    new_link.symlink_to(version.name)
    fsync(folder)
    # Whoever wrote to the copy before has left this beside it; DuckDB would take it for the new file's.
    (folder / f"{DATABASE}.wal").unlink(missing_ok=True)
    new_database.replace(folder / DATABASE)
    new_link.replace(folder / PARQUET)
    fsync(folder)
    return list(marts)


def attach(connection: duckdb.DuckDBPyConnection, database: Path) -> None:
    try:
        connection.execute(f"attach {text(database.resolve())} as build (read_only)")
    except duckdb.IOException as problem:
        if "lock" not in str(problem):
            raise
        holder = re.search(r"PID (\d+)", str(problem))
        raise CannotPublishError(
            f"a build is running on {database}{f' (process {holder[1]})' if holder else ''}: publish when it is done"
        ) from problem


def marts_of(connection: duckdb.DuckDBPyConnection, database: Path, schema: str | None) -> dict[str, str]:
    """mart -> schema, of the schema that was asked for or of all."""
    found = {}
    for mart, mart_schema in connection.execute("""
        select table_name, table_schema from information_schema.tables
        where table_catalog = 'build' order by table_name, table_schema
    """).fetchall():
        if not MART.fullmatch(mart) or (schema and mart_schema != schema):
            continue
        if mart in found:
            raise CannotPublishError(
                f"{mart} is in the schemas {found[mart]} and {mart_schema} of {database}: name one with --schema"
            )
        found[mart] = mart_schema
    if not found:
        raise CannotPublishError(
            f"{database} holds no marts{f' in schema {schema}' if schema else ''}: run `dbt build` first"
        )
    return found


def refuse_unfinished(connection: duckdb.DuckDBPyConnection, database: Path, schema: str | None) -> None:
    schemas = [row[0] for row in connection.execute(f"""
        select table_schema from information_schema.tables
        where table_catalog = 'build' and table_name = '{UNFINISHED}' order by table_schema
    """).fetchall()]
    if not schemas:
        raise CannotPublishError(
            f"{database} does not say whether its last build finished; a version of the package built it that does "
            "not: run `dbt build` once"
        )
    unfinished = set()
    for noted in [schema] if schema in schemas else schemas:
        rows = connection.execute(f"select node from build.{name(noted)}.{UNFINISHED}").fetchall()
        unfinished |= {node.split(".")[2] for (node,) in rows}
    if unfinished:
        shown = ", ".join(sorted(unfinished, key=lambda node: (not node.startswith("seg__"), node))[:NAMES_SHOWN])
        more = f" and {len(unfinished) - NAMES_SHOWN} more" if len(unfinished) > NAMES_SHOWN else ""
        raise CannotPublishError(
            f"the last build of {database} was killed or failed before {shown}{more} were done: run `dbt build`"
        )


def copy_mart(connection: duckdb.DuckDBPyConnection, schema: str, mart: str) -> None:
    connection.execute(f"create table {name(mart)} as from build.{name(schema)}.{name(mart)} order by all")
    for (comment,) in connection.execute("""
        select comment
        from (
            select database_name, schema_name, table_name as mart_name, comment from duckdb_tables()
            union all
            select database_name, schema_name, view_name, comment from duckdb_views()
        ) as relations
        where database_name = 'build' and schema_name = ? and mart_name = ? and comment is not null
    """, [schema, mart]).fetchall():
        connection.execute(f"comment on table {name(mart)} is {text(comment)}")
    for column, comment in connection.execute("""
        select column_name, comment
        from duckdb_columns()
        where database_name = 'build' and schema_name = ? and table_name = ? and comment is not null
    """, [schema, mart]).fetchall():
        connection.execute(f"comment on column {name(mart)}.{name(column)} is {text(comment)}")


def versions(folder: Path) -> dict[int, Path]:
    """The folders of Parquet files by their number."""
    matches = ((VERSION.fullmatch(path.name), path) for path in folder.iterdir())
    return {int(match[1]): path for match, path in matches if match}


def remove_leftovers(folder: Path) -> None:
    """What a publish wrote and did not finish, and versions but the one that is read and the one before."""
    link = folder / PARQUET
    linked = link.readlink().name if link.is_symlink() else None
    found = versions(folder)
    current = next((number for number, path in found.items() if path.name == linked), 0)
    before = max((number for number in found if number < current), default=0)
    stale = [path for number, path in found.items() if number not in (current, before)]
    for path in [*folder.glob(f"{NEW}*"), *stale]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def fsync(path: Path) -> None:
    """Have it on the disk, so that no power cut swaps in what is not there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


if __name__ == "__main__":
    sys.exit(main())
