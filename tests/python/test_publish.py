"""The published copy: equal to the build, swapped whole, and untouched where there is nothing finished to publish."""

import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import time

import duckdb
import publish
import pytest
from shops import ROOT

SCRIPT = ROOT / "scripts" / "publish.py"
BOTH = ["seg__orders", "seg__users"]


def make_build(database, version: int = 1, rows: int = 3, schema: str = "main", order: str = "asc"):
    """A file as a finished build leaves it, with two marts that both say which version they are of."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create schema if not exists {schema}; use {schema}")
        for mart in BOTH:
            connection.execute(f"""
                create or replace table {mart} as
                select {version} as version, number % 7 as kind, 'it''s ' || number as text, [number] as list
                from range({rows}) as numbers (number) order by number {order}
            """)
        connection.execute("create or replace table int_seg__steps as select 1 as step")
        connection.execute("create or replace table seg__users__dbt_backup as from seg__users")
        connection.execute("create or replace table int_seg__unfinished_nodes (node varchar, invocation_id varchar)")
    return database


@pytest.fixture
def build(tmp_path):
    return make_build(tmp_path / "seg.duckdb")


def rows_of(database, query: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(query).fetchall()


def refusal(capsys, *arguments) -> str:
    """What is said where nothing is published."""
    sys.argv = ["publish.py", *map(str, arguments)]
    assert publish.main() == 1
    return capsys.readouterr().err


# --- what is published


def test_the_copy_holds_every_mart_of_the_build_and_nothing_else(demo_database, tmp_path):
    marts = publish.publish(demo_database, tmp_path)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo_database}' as build (read_only); attach '{tmp_path}/marts.duckdb' as copy (read_only)")
        copied = [row[0] for row in connection.sql("select table_name from duckdb_tables() where database_name = 'copy'").fetchall()]
        assert sorted(copied) == marts == sorted(file.stem for file in (tmp_path / "parquet").glob("*"))
        public = subprocess.run(
            ["grep", "-rhoE", "access: public", ROOT / "models"], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        assert len(marts) == len(public) > 50
        for mart in marts:
            for copy in [f"copy.{mart}", f"'{tmp_path}/parquet/{mart}.parquet'"]:
                described = connection.sql(f"describe from {copy}").fetchall()
                assert [column[:2] for column in described] == [
                    column[:2] for column in connection.sql(f"describe from build.{mart}").fetchall()
                ]
                for one, other in [(copy, f"build.{mart}"), (f"build.{mart}", copy)]:
                    assert connection.sql(f"from {one} except all from {other}").fetchall() == [], copy


def test_the_order_of_rows_does_not_depend_on_the_order_in_the_build(tmp_path):
    for order in ["asc", "desc"]:
        publish.publish(make_build(tmp_path / f"{order}.duckdb", rows=5000, order=order), tmp_path / order)
    one, other = (rows_of(tmp_path / order / "marts.duckdb", "from seg__users") for order in ["asc", "desc"])
    assert one == other == sorted(one)
    one, other = ((tmp_path / order / "parquet" / "seg__users.parquet").read_bytes() for order in ["asc", "desc"])
    assert one == other


def test_descriptions_travel(build, tmp_path):
    with duckdb.connect(str(build)) as connection:
        connection.execute("comment on table seg__users is 'One row per user: it''s all'")
        connection.execute("comment on column seg__users.kind is 'of seven'")
        connection.execute("create view seg__viewed as from seg__users; comment on view seg__viewed is 'a view'")
    publish.publish(build, tmp_path / "published")
    assert rows_of(tmp_path / "published" / "marts.duckdb", """
        select table_name, comment from duckdb_tables() where comment is not null
        union all
        select column_name, comment from duckdb_columns() where comment is not null order by 1
    """) == [("kind", "of seven"), ("seg__users", "One row per user: it's all"), ("seg__viewed", "a view")]


@pytest.mark.parametrize("name", ["two words", "it's", 'say "hi"', "📊", "a/b/c", "[x]*", "50%"])
def test_files_and_folders_may_have_odd_names(tmp_path, name):
    build = make_build(tmp_path / f"{name.replace('/', ' ')}.duckdb")
    folder = tmp_path / name / "published"
    done = subprocess.run([sys.executable, SCRIPT, build, folder], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 marts published" in done.stdout
    assert rows_of(folder / "marts.duckdb", "select count(*) from seg__users") == [(3,)]
    assert (folder / "parquet" / "seg__users.parquet").is_file()


def test_the_schema_can_be_named(tmp_path, capsys):
    build = make_build(make_build(tmp_path / "seg.duckdb", version=1, schema="dev"), version=2, schema="prod")
    with duckdb.connect(str(build)) as connection:
        connection.execute("insert into dev.int_seg__unfinished_nodes values ('model.ecommerce_segmentation.seg__users', 'x')")
    assert "schemas dev and prod" in refusal(capsys, build, tmp_path / "published")
    assert "killed or failed before seg__users were done" in refusal(capsys, build, tmp_path / "published", "--schema", "dev")
    publish.publish(build, tmp_path / "published", schema="prod")
    assert rows_of(tmp_path / "published" / "marts.duckdb", "select distinct version from seg__users") == [(2,)]


# --- how it is swapped


def read(folder, seen):
    """Read both marts over and over, from the file and from one version's Parquet; note versions and errors.

    The last read begins after the folder's `stop` is there.
    """
    versions, problems, stopped = [], [], False
    while not stopped:
        stopped = (folder / "stop").exists()
        try:
            with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as connection:
                found = connection.sql("select distinct version from (from seg__users union all from seg__orders)").fetchall()
            parquet = (folder / "parquet").resolve()
            found_parquet = duckdb.sql(f"select distinct version from '{parquet}/*.parquet'").fetchall()
            through_link = duckdb.sql(f"select count(*) from '{folder}/parquet/seg__users.parquet'").fetchall()
            if len(found) != 1 or len(found_parquet) != 1 or through_link != [(3,)]:
                problems.append(f"{found} {found_parquet} {through_link}")
            versions.append(found[0][0])
        except Exception as problem:
            problems.append(f"{type(problem).__name__}: {problem}")
        (folder / "reading").touch()
    seen.write_text(json.dumps([versions, problems]))


def watch(folder, missed):
    """Look as often as can be whether there is a file and a folder to read; note how often there was none."""
    places = [str(folder / "marts.duckdb"), str(folder / "parquet" / "seg__users.parquet")]
    missing = dict.fromkeys(places, 0)
    while not (folder / "stop").exists():
        for _ in range(10_000):
            for place in places:
                try:
                    os.stat(place)
                except OSError:
                    missing[place] += 1
    missed.write_text(json.dumps(sum(missing.values())))


def test_readers_see_one_build_at_a_time_and_always_one(build, tmp_path):
    folder = tmp_path / "published"
    publish.publish(build, folder)
    context = multiprocessing.get_context("spawn")
    readers = [
        context.Process(target=read, args=(folder, tmp_path / "seen.json")),
        context.Process(target=watch, args=(folder, tmp_path / "missed.json")),
    ]
    for reader in readers:
        reader.start()
    # A process that is spawned takes seconds to import duckdb where the machine has much else to do.
    deadline = time.monotonic() + 120
    while not (folder / "reading").exists():
        assert time.monotonic() < deadline, "no reader began to read"
        time.sleep(0.05)
    for version in range(2, 22):
        publish.publish(make_build(build, version), folder)
    (folder / "stop").touch()
    for reader in readers:
        reader.join(60)
    versions, problems = json.loads((tmp_path / "seen.json").read_text())
    assert problems == []
    assert json.loads((tmp_path / "missed.json").read_text()) == 0
    assert versions == sorted(versions)
    assert len(set(versions)) > 5
    assert versions[-1] == 21


def test_the_version_before_is_kept_for_who_still_reads_it(build, tmp_path):
    publish.publish(build, tmp_path / "published")
    with duckdb.connect(str(tmp_path / "published" / "marts.duckdb"), read_only=True) as earlier:
        parquet = (tmp_path / "published" / "parquet").resolve()
        publish.publish(make_build(build, version=2), tmp_path / "published")
        assert earlier.sql("select distinct version from seg__users").fetchall() == [(1,)]
        assert duckdb.sql(f"select distinct version from '{parquet}/*.parquet'").fetchall() == [(1,)]
    publish.publish(make_build(build, version=3), tmp_path / "published")
    assert not parquet.exists()
    assert len(list((tmp_path / "published").glob("parquet-*"))) == 2


def test_a_killed_publish_changes_nothing_and_the_next_one_clears_up(tmp_path):
    folder = tmp_path / "published"
    build = make_build(tmp_path / "seg.duckdb")
    publish.publish(build, folder)
    make_build(build, version=2, rows=3_000_000)
    process = subprocess.Popen([sys.executable, SCRIPT, build, folder])
    while not (folder / ".new-parquet").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert any(path.name.startswith(".new-") for path in folder.iterdir())
    assert rows_of(folder / "marts.duckdb", "select distinct version from seg__users") == [(1,)]

    # Killed later: a version that nothing links to, and what somebody wrote into the copy.
    (folder / "parquet-9").mkdir()
    (folder / "marts.duckdb.wal").touch()
    publish.publish(make_build(build, version=3), folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        ".publish.lock", "marts.duckdb", "parquet", "parquet-1", "parquet-2",
    ]
    assert rows_of(folder / "marts.duckdb", "select distinct version from seg__users") == [(3,)]


def test_the_copy_is_read_only(build, tmp_path):
    publish.publish(build, tmp_path / "published")
    assert stat.S_IMODE(os.stat(tmp_path / "published" / "marts.duckdb").st_mode) == 0o444


# --- what is refused


@pytest.fixture
def published(build, tmp_path):
    """A folder into which version 1 was published; afterwards it still holds that, and nothing besides."""
    folder = tmp_path / "published"
    publish.publish(build, folder)
    before = sorted(path.name for path in folder.rglob("*"))
    yield folder
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert rows_of(folder / "marts.duckdb", "select distinct version from seg__users") == [(1,)]


def test_nothing_is_published_of_an_unfinished_build(build, published, capsys):
    make_build(build, version=2)
    with duckdb.connect(str(build)) as connection:
        for node in ["model.ecommerce_segmentation.int_seg__a", "test.ecommerce_segmentation.unique_b.5f", "seed.ecommerce_segmentation.c",
                     "model.ecommerce_segmentation.seg__users"]:
            connection.execute("insert into int_seg__unfinished_nodes values (?, 'x')", [node])
    assert refusal(capsys, build, published) == (
        f"Not published: the last build of {build} was killed or failed before seg__users, c, int_seg__a and 1 more were done:"
        " run `dbt build`\n"
    )


def test_nothing_is_published_while_a_build_is_running(build, published, capsys):
    holder = subprocess.Popen(
        [sys.executable, "-c", "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()", build],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert holder.stdout.readline() == "open\n"
    said = refusal(capsys, build, published)
    holder.communicate("\n")
    assert said == f"Not published: a build is running on {build} (process {holder.pid}): publish when it is done\n"


def test_nothing_is_published_of_a_file_that_says_nothing_of_its_build(build, published, capsys):
    make_build(build, version=2)
    with duckdb.connect(str(build)) as connection:
        connection.execute("drop table int_seg__unfinished_nodes")
    assert "does not say whether its last build finished" in refusal(capsys, build, published)


def test_nothing_is_published_where_there_is_nothing(tmp_path, published, capsys):
    missing = tmp_path / "missing.duckdb"
    assert refusal(capsys, missing, published) == f"Not published: {missing} does not exist: run `dbt build` first\n"
    assert not missing.exists()
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as connection:
        connection.execute("create table seg__users__dbt_tmp as select 1 as step")
    assert "holds no marts: run `dbt build` first" in refusal(capsys, tmp_path / "empty.duckdb", published)
    (tmp_path / "text.duckdb").write_text("no database " * 1000)
    assert "DuckDB says: " in refusal(capsys, tmp_path / "text.duckdb", published)


def test_the_build_file_is_never_published_over(tmp_path, capsys):
    build = make_build(tmp_path / "marts.duckdb")
    assert "is the file that dbt builds into" in refusal(capsys, build, tmp_path)
    assert rows_of(build, "select count(*) from int_seg__steps") == [(1,)]
    (tmp_path / "own" / "parquet").mkdir(parents=True)
    assert "is not of a publish" in refusal(capsys, build, tmp_path / "own")
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["parquet"]


def test_only_one_publishes_into_a_folder(build, published, capsys):
    with publish.only_publisher(published):
        assert "somebody else is publishing" in refusal(capsys, make_build(build, version=2), published)


def test_a_folder_that_cannot_be_written_is_named(build, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert f"({tmp_path / 'file' / 'published'})" in refusal(capsys, build, tmp_path / "file" / "published")
    assert "Not published: " in refusal(capsys, build, "/proc/published")
    assert "question mark" in refusal(capsys, build, tmp_path / "why?")
