"""What can go wrong around a build: each fault is one message that says what it is, and nothing that was there is lost.

A part of the package is built once; each fault meets a copy of that file. Disks that are full or read-only are made in a
mount namespace of the process, where the machine allows that.
"""

import shutil
import signal
import subprocess
import sys
import time

import duckdb
import pytest
import yaml
from comparisons import OF_THE_RUN, unequal
from publish import CannotPublishError, publish
from shops import DBT, ROOT, BareShop

sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
import generate_store
from realtime_rows import inputs_of

SELECT = ["+seg__user_features"]
SETTINGS = {"seg__horizon_days": 30}
NAMESPACE = ["unshare", "--map-root-user", "--mount"]
# Arguments of both: folder, the one's size in kB, then the build. What is left of the file ends in `left`.
FULL = """
    folder=$1; size=$2; shift 2
    cp "$folder/seg.duckdb" held.duckdb && mount -t tmpfs -o "size=${size}k" tmpfs "$folder" || exit 99
    cp held.duckdb "$folder/seg.duckdb" || exit 99
    "$@"; code=$?
    rm -rf left; cp -r "$folder" left; exit $code
"""
READ_ONLY = """
    folder=$1; shift
    mount --bind "$folder" "$folder" && mount -o remount,ro,bind "$folder" || exit 99
    exec "$@"
"""


class Shop:
    def __init__(self, folder):
        generate_store.generate(users=400, days=300, products=60, seed=5, out=folder / "store")
        self.bare = BareShop(folder / "shop")
        self.folder = self.bare.folder
        self.inputs = inputs_of(folder / "store", 0)
        self.database = self.bare.fill("data", self.inputs)
        self.command = self.bare.command("seg", self.inputs, SETTINGS, select=SELECT)
        self.environment = self.bare.environment("data")
        self.build(is_good=True)
        self.before = shutil.copy(self.database, folder / "before.duckdb")

    def build(self, *wrapper, is_good: bool = False) -> subprocess.CompletedProcess:
        return self.run([*wrapper, *self.command], is_good)

    def run(self, command: list, is_good: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [str(word) for word in command], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        if is_good and done.returncode:
            raise RuntimeError(done.stdout[-6000:] + done.stderr[-2000:])
        return done

    def dbt(self, *words, is_good: bool = True) -> subprocess.CompletedProcess:
        options = self.command[self.command.index("--vars"):self.command.index("--select")]
        return self.run([DBT, *words, *options], is_good)

    def unfinished(self) -> set[str]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return {row[0].split(".")[2] for row in connection.sql("select node from int_seg__unfinished_nodes").fetchall()}

    def losses(self, database=None) -> dict:
        """Tables that do not hold what they held before."""
        with duckdb.connect() as connection:
            connection.execute(f"attach '{database or self.database}' as after (read_only)")
            connection.execute(f"attach '{self.before}' as before (read_only)")
            names = {row[0] for row in connection.sql("""
                select table_name from duckdb_tables() where database_name = 'before' and schema_name = 'main'
            """).fetchall()} - {"int_seg__unfinished_nodes"} - OF_THE_RUN
            assert len(names) > 30
            return unequal(connection, "after", "before", sorted(names))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return Shop(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def shop(built):
    """The shop as it was built."""
    shutil.copy(built.before, built.database)
    built.database.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    return built


@pytest.fixture
def profile(shop):
    """A function that changes the shop's profile for one test."""
    file = shop.folder / "profiles.yml"
    text = file.read_text()

    def change(settings: dict, **options):
        content = yaml.safe_load(text)
        content["bare_shop"]["outputs"]["dev"]["settings"].update(settings)
        content["bare_shop"]["outputs"]["dev"].update(options)
        file.write_text(yaml.safe_dump(content, width=1000))

    yield change
    file.write_text(text)


@pytest.fixture
def reader(shop):
    """Somebody who has the file open, until told to go."""
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, shop.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def namespace():
    if not shutil.which("unshare"):
        pytest.skip("needs unshare (util-linux) to mount a disk of its own")
    tried = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this machine lets nobody mount a disk of their own: {tried.stderr.strip()}")


def last_line(done: subprocess.CompletedProcess) -> str:
    return done.stdout.strip().splitlines()[-1]


# --- somebody else has the file


def test_of_two_builds_at_once_one_is_told_to_wait_and_the_other_is_undisturbed(shop):
    with subprocess.Popen(
        shop.command, cwd=shop.folder, env=shop.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as first:
        for line in first.stdout:
            if "START sql" in line:
                break
        first.send_signal(signal.SIGSTOP)  # until the second one has come
        second = shop.build()
        first.send_signal(signal.SIGCONT)
        first.stdout.read()
    assert first.returncode == 0
    assert second.returncode == 2
    assert "Could not set lock on file" in last_line(second)
    assert "Conflicting lock is held in" in last_line(second)
    assert f"(PID {first.pid})" in last_line(second)
    assert shop.losses() == {}
    assert shop.unfinished() == set()


def test_a_build_says_who_reads_the_file(shop, reader):
    done = shop.build()
    assert done.returncode == 2
    assert "Could not set lock on file" in last_line(done)
    assert f"(PID {reader.pid})" in last_line(done)
    assert shop.losses() == {}


def test_a_build_waits_for_a_reader_where_the_profile_says_so(shop, reader, profile):
    profile({}, retries={"connect_attempts": 6})
    with subprocess.Popen(
        shop.command, cwd=shop.folder, env=shop.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as build:
        for line in build.stdout:
            if "Found " in line:
                break
        time.sleep(2)
        assert build.poll() is None
        reader.communicate("\n")
        printed = build.stdout.read()
    assert build.returncode == 0, printed
    assert shop.losses() == {}


# --- the machine is too small


def test_a_full_disk_is_named_and_costs_no_table(shop, namespace):
    size = shop.database.stat().st_size // 1024 + 1500
    done = shop.build(*NAMESPACE, "sh", "-c", FULL, "sh", shop.database.parent, size)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "No space left on device" in done.stdout
    assert str(shop.database) in done.stdout
    left = shop.folder / "left" / "seg.duckdb"
    assert shop.losses(left) == {}
    with pytest.raises(CannotPublishError, match="killed or failed before seg__"):
        publish(left, shop.folder / "published")

    # With room again, the next build heals it.
    for file in left.parent.glob("seg.duckdb*"):
        shutil.copy(file, shop.database.parent / file.name)
    shop.build(is_good=True)
    assert shop.losses() == {}
    assert shop.unfinished() == set()


def test_a_full_disk_costs_no_publication(shop, namespace):
    script = shop.folder / "dbt_packages" / "ecommerce_segmentation" / "scripts" / "publish.py"
    folder = shop.folder / "small"
    folder.mkdir()
    copied = subprocess.run([sys.executable, script, shop.database, shop.folder / "large"], capture_output=True, text=True, check=True)
    assert " marts published" in copied.stdout
    size = sum(file.stat().st_size for file in (shop.folder / "large").rglob("*") if file.is_file()) // 1024
    publishing = f'"{sys.executable}" "{script}" "{shop.database}" "{folder}"'
    done = shop.run([*NAMESPACE, "sh", "-c", f"""
        mount -t tmpfs -o size={size * 5 // 2}k tmpfs "{folder}" || exit 99
        {publishing} || exit 98
        ls -AR "{folder}" > before.txt; md5sum "{folder}/marts.duckdb" >> before.txt
        {publishing}; code=$?
        ls -AR "{folder}" > after.txt; md5sum "{folder}/marts.duckdb" >> after.txt
        exit $code
    """], is_good=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("Not published: ")
    assert "No space left on device" in done.stderr
    assert (shop.folder / "before.txt").read_text() == (shop.folder / "after.txt").read_text()


def test_a_read_only_folder_is_named(shop, namespace):
    done = shop.build(*NAMESPACE, "sh", "-c", READ_ONLY, "sh", shop.database.parent)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f'Cannot open file "{shop.database}": Read-only file system' in last_line(done)
    assert shop.losses() == {}
    assert shop.unfinished() == set()


def test_a_memory_limit_that_is_too_small_is_named_and_costs_no_table(shop, profile):
    profile({"memory_limit": "15MB"})
    done = shop.build()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Out of Memory Error" in done.stdout
    assert "Increasing the memory limit (SET memory_limit=" in done.stdout
    assert shop.losses() == {}
    assert "seg__user_features" in shop.unfinished()


# --- what is noted as unfinished


def test_what_failed_counts_as_unfinished_until_a_build_of_it_succeeds(shop):
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("drop table raw.events")
    assert shop.build().returncode == 1
    left = shop.unfinished()
    assert {"stg_seg__input_columns", "seg__events", "seg__user_features"} <= left
    assert "seg_ref__event_types" not in left  # a seed, which needs no input
    with pytest.raises(CannotPublishError, match="killed or failed before seg__events, seg__order_lines, seg__products and"):
        publish(shop.database, shop.folder / "published")
    assert shop.losses() == {}

    # Commands that make no table note nothing; one model that is made well says nothing of the others.
    shop.bare.fill("data", shop.inputs)
    for words in [["compile", "--select", "seg__products"], ["test", "--select", "seg__products"], ["ls"]]:
        shop.dbt(*words)
        assert shop.unfinished() == left, words
    shop.dbt("run", "--select", "stg_seg__input_columns")
    assert shop.unfinished() == left - {"stg_seg__input_columns"}
    # Without rows it is not done.
    shop.dbt("run", "--select", "seg__order_lines", "--empty")
    assert "seg__order_lines" in shop.unfinished()

    shop.build(is_good=True)
    assert shop.unfinished() == set()
    assert shop.losses() == {}


def test_a_test_that_fails_keeps_the_build_from_being_published(shop):
    publish(shop.database, shop.folder / "published")
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("insert into seg__products from seg__products")
    assert shop.dbt("build", "--select", "unique_seg__products_product_id", is_good=False).returncode == 1
    assert shop.unfinished() == {"unique_seg__products_product_id"}
    with pytest.raises(CannotPublishError, match="killed or failed before unique_seg__products_product_id were done"):
        publish(shop.database, shop.folder / "published")

    shop.dbt("build", "--select", "seg__products")
    assert shop.unfinished() == set()
    publish(shop.database, shop.folder / "published")


def test_a_retry_finishes_what_failed(shop):
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("drop table raw.events")
    assert shop.build().returncode == 1
    shop.bare.fill("data", shop.inputs)
    shop.run([DBT, "retry", "--target-path", shop.bare.target("seg")])
    assert shop.unfinished() == set()
    assert shop.losses() == {}
