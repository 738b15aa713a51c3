"""Kill builds at random moments and see that nothing is lost: the next build is as if nothing had happened.

    python tests/benchmark/faults.py                       # 20 kills of a whole build and 20 of a realtime build
    python tests/benchmark/faults.py --kills 5 --seed 7
    python tests/benchmark/faults.py --write               # writes the result into RESULTS.md and README.md as well

A small invented shop is built whole. Then, each time from a copy of that file, new rows come in, a build begins and its
process group is killed (SIGKILL) at a moment drawn evenly between its first node and its last; the same command follows
and is left alone. Its tables are compared with those of a build that nobody disturbed. All the while a process reads the
published copy, marts and Parquet; it may only ever see what a finished build has published, whole.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
import generate_store
from comparisons import OF_THE_RUN, unequal
from publish import CannotPublishError, publish
from realtime_rows import LAST_DAY, inputs_of
from results import write_result
from shops import BareShop

# What this date was told of groups before: a build that got so far has told it, and the next one knows that, by design.
OF_WHAT_WAS_TOLD = {"int_seg__segments_wanted", "int_seg__segment_flows", "ml_seg__published_flows"}
# kind of build: its date, in days after the last row.
KINDS = {"whole": 2, "realtime": 1}
WITHOUT_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
EXPIRES = 600  # seconds after which a build hangs


@dataclass
class Kill:
    kind: str
    seconds: float  # after the first node began
    made_count: int  # models that the build had made
    is_ended: bool  # whether nothing but the end of it was left to do
    is_refused: bool  # whether it could not be published afterwards
    differences: dict[str, list]  # table -> rows: of the next build, and of what was published of this one

    def is_sound(self) -> bool:
        return not self.differences and (self.is_refused or self.is_ended)

    def __str__(self) -> str:
        found = f"DIFFERENT: {sorted(self.differences)}" if self.differences else "all tables equal"
        published = "not published" if self.is_refused else "published, as it had ended" if self.is_ended else "PUBLISHED"
        return f"{self.kind:<9} killed after {self.seconds:5.2f} s, {self.made_count:3} models made: {published}, rebuilt, {found}"


class Faults:
    """One shop, its undisturbed builds, and kills.

    select: what its whole builds select; everything where that is none.
    vars: vars of the package beside those of `settings`.
    """

    def __init__(
        self, folder: Path, users: int, days: int, seed: int, select: list[str] | None = None, vars: dict | None = None
    ):
        self.random = random.Random(seed)
        self.store = folder / "store"
        self.published = folder / "published"
        self.seen = folder / "seen.json"
        generate_store.generate(users=users, days=days, products=60, seed=5, out=self.store)
        self.shop = BareShop(folder / "shop", vars)
        self.select = {"whole": select, "realtime": ["tag:realtime"]}
        self.before = self.shop.build("before", inputs_of(self.store, 0), self.settings(1), tests=False, select=select)
        self.publications = set()
        self.publish(self.before)
        self.undisturbed = {}
        self.seconds = {}
        for kind in KINDS:
            database = self.begin(f"{kind}_undisturbed")
            self.seconds[kind] = self.run(kind, database)
            self.undisturbed[kind] = database

    def settings(self, days: int) -> dict:
        return {"seg__horizon_days": 30, "seg__refit_policy": "always",
                "seg__as_of_date": str(LAST_DAY + timedelta(days=days))}

    def begin(self, name: str) -> Path:
        """The file of before, with what has come in since."""
        self.shop.lay(name, self.before)
        return self.shop.fill(name, inputs_of(self.store, 1))

    def start(self, kind: str, database: Path) -> tuple[subprocess.Popen, Path]:
        """A build in a process group of its own, and what it prints; returns when its first node begins."""
        name = database.parent.name
        # Builds of a kind share a target folder: dbt parses for the first of them.
        command = self.shop.command(
            f"{kind}_parsed", inputs_of(self.store, 1), self.settings(KINDS[kind]), select=self.select[kind]
        )
        folder, environment = self.shop.place(name)
        printed = database.with_suffix(".txt")
        with printed.open("w") as output:
            process = subprocess.Popen(
                [*command, *WITHOUT_TESTS], cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while " START sql" not in printed.read_text() and process.poll() is None:
            time.sleep(0.02)
        return process, printed

    def run(self, kind: str, database: Path) -> float:
        """Seconds from the first node to the end of a build that is left alone."""
        process, printed = self.start(kind, database)
        begun = time.monotonic()
        if process.wait(EXPIRES) != 0:
            raise RuntimeError(printed.read_text()[-6000:])
        return time.monotonic() - begun

    def kill(self, kind: str) -> Kill:
        database = self.begin(f"{kind}_killed")
        while True:
            process, printed = self.start(kind, database)
            seconds = self.random.uniform(0, self.seconds[kind])
            time.sleep(seconds)
            is_running = process.poll() is None
            if is_running:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if is_running:
                break
            database = self.begin(database.parent.name)  # It was faster than its undisturbed twin: again.
        text = printed.read_text()
        is_refused = not self.publish(database)
        differences = {} if is_refused else self.differences(kind, database)
        self.run(kind, database)
        if not self.publish(database):
            raise RuntimeError(f"what was built after a kill of a {kind} build counts as unfinished")
        return Kill(
            kind, seconds, text.count(" OK created "), " START hook: ecommerce_segmentation.on-run-end" in text, is_refused,
            differences | self.differences(kind, database),
        )

    def differences(self, kind: str, database: Path) -> dict[str, list]:
        with duckdb.connect() as connection:
            found = {}
            for name, file in [("killed", database), ("undisturbed", self.undisturbed[kind])]:
                connection.execute(f"attach '{file}' as {name} (read_only)")
                found[name] = {row[0] for row in connection.sql(f"""
                    select table_name from duckdb_tables() where database_name = '{name}' and schema_name = 'main'
                """).fetchall() if kind == "whole" or not (row[0] in OF_THE_RUN or row[0].endswith("__refreshed"))}
            alone = {name: ["is in one of both"] for name in found["killed"] ^ found["undisturbed"]}
            both = found["killed"] & found["undisturbed"] - OF_WHAT_WAS_TOLD
            return alone | unequal(connection, "killed", "undisturbed", sorted(both))

    def publish(self, database: Path) -> bool:
        """Whether it was published; what readers may see from then on."""
        next_one = self.published.with_name("next")
        shutil.rmtree(next_one, ignore_errors=True)
        try:
            publish(database, next_one)  # Elsewhere first: known before any reader sees it.
            self.publications.add(content(next_one / "marts.duckdb"))
            publish(database, self.published)
        except CannotPublishError:
            return False
        return True

    def read_by_others(self) -> multiprocessing.Process:
        reader = multiprocessing.get_context("spawn").Process(target=read, args=(self.published, self.seen), daemon=True)
        reader.start()
        return reader

    def unpublished_contents_seen(self) -> tuple[int, list[str]]:
        """How often the published copy was read, and what was seen that nobody published, errors too."""
        seen = json.loads(self.seen.read_text())
        return sum(seen.values()), sorted(set(seen) - self.publications)


def read(folder: Path, seen: Path) -> None:
    """Read the published copy over and over, and note what was seen how often."""
    counts = {}
    while True:
        for place in [folder / "marts.duckdb", folder / "parquet"]:
            try:
                found = content(place)
            except Exception as problem:  # any at all
                found = f"{type(problem).__name__}: {problem}"
            counts[found] = counts.get(found, 0) + 1
        written = seen.with_suffix(".new")
        written.write_text(json.dumps(counts))
        written.replace(seen)
        time.sleep(0.5)


def content(place: Path) -> str:
    """One text for all rows of all marts of a DuckDB file or of a folder of Parquet files."""
    with duckdb.connect() as connection:
        if place.suffix == ".duckdb":
            connection.execute(f"attach '{place}' as published (read_only)")
            names = connection.sql("select table_name from duckdb_tables() where database_name = 'published'").fetchall()
            marts = {name: f"published.{name}" for (name,) in names}
        else:
            marts = {file.stem: f"'{file}'" for file in place.resolve().glob("*.parquet")}
        sums = " union all ".join(
            f"select '{name}', count(*), sum(hash(mart)) from {marts[name]} as mart" for name in sorted(marts)
        )
        return hashlib.md5(str(sorted(connection.sql(sums).fetchall())).encode()).hexdigest()


def kills(faults: Faults, kill_count: int):
    """Kill builds of each kind; yields every kill, then how often others read and what they should not have seen."""
    reader = faults.read_by_others()
    try:
        for _ in range(kill_count):
            for kind in KINDS:
                yield faults.kill(kind)
        time.sleep(3)  # for the reader to see the last one
    finally:
        reader.kill()
        reader.join()
    yield faults.unpublished_contents_seen()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=20, help="of each kind of build")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write the result into RESULTS.md and README.md as well")
    arguments = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        faults = Faults(Path(folder), users=400, days=300, seed=arguments.seed)
        *found, (read_count, unpublished) = printed(kills(faults, arguments.kills))
    sound_count = sum(kill.is_sound() for kill in found)
    result = what_was_found(arguments.kills, sound_count, read_count, len(unpublished))
    print(f"{result} {(time.monotonic() - begun) / 60:.0f} minutes")
    if arguments.write:
        write_result("faults", result)
    return int(sound_count < len(found) or bool(unpublished))


def what_was_found(kill_count: int, sound_count: int, read_count: int, unpublished_count: int) -> str:
    return (
        f"{kill_count} whole and {kill_count} realtime builds of a small invented shop were killed (SIGKILL) at random moments. "
        f"After {sound_count} of {2 * kill_count} kills nothing unfinished could be published, and the next build left the tables "
        f"of an undisturbed one. Meanwhile the published copy was read {read_count:,} times, {unpublished_count:,} times not as "
        "published."
    )


def printed(found):
    for one in found:
        if isinstance(one, Kill):
            print(one, flush=True)
        yield one


if __name__ == "__main__":
    sys.exit(main())
