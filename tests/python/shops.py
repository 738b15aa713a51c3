"""Build a shop's dbt project with the package installed through `dbt deps`, as any shop would."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import yaml
from dbt_processes import parsing_vars, run_dbt

ROOT = Path(__file__).resolve().parents[2]
# What tests set that are about anything but predictions: trees and networks take a quarter of a small shop's build.
FEW_MODELS = {"seg__prediction_models": ["linear_regression", "logistic_regression"]}
DBT = Path(sys.executable).with_name("dbt")


def build_shop(
    project_dir: Path,
    tmp_path: Path,
    vars: dict | None = None,
    prepare: Path | None = None,
    select: list[str] | None = None,
) -> Path:
    """Copy the project to tmp_path, `dbt deps` and `dbt build` it there; return the DuckDB file.

    vars: the project's vars to set for this build.
    prepare: a script of the project that is run before, with the DuckDB file as its argument.
    select: models to build, without tests; all of them, tested, where none is named.
    """
    shop_dir = tmp_path / Path(project_dir).name
    built = shutil.ignore_patterns(
        "target", "logs", "dbt_packages", "*.duckdb*", "package-lock.yml"
    )
    shutil.copytree(project_dir, shop_dir, ignore=built)
    # The copy lies elsewhere, the package does not.
    (shop_dir / "packages.yml").write_text(yaml.safe_dump({"packages": [{"local": str(ROOT)}]}))

    database = shop_dir / f"{shop_dir.name}.duckdb"
    env = {**os.environ, "SEG_DUCKDB_PATH": str(database), "DBT_PROFILES_DIR": str(shop_dir)}
    if prepare:
        run([sys.executable, str(prepare), str(database)], shop_dir, env)
    run([str(DBT), "deps"], shop_dir, env)
    run([str(DBT), "build", *(["--vars", yaml.safe_dump(vars)] if vars else []), *selected(select)], shop_dir, env)
    return database


class BareShop:
    """A shop with no models of its own: its vars name raw tables, which each build makes anew in a DuckDB file.

    Builds have names; each has a DuckDB file and a target folder of its own. All files are called alike, so that dbt
    parses the package once for all builds with the same vars.
    The engine's time zone is New York on purpose: what the package makes of a time must not depend on it.
    """

    # Where what dbt parsed is kept, by the vars that it depends on; conftest.py names a folder. None: each build starts
    # and parses as any shop's does.
    parsed: Path | None = None

    def __init__(self, folder: Path, vars: dict | None = None):
        """vars: those of all builds, unless one sets them itself."""
        self.folder = folder
        self.vars = vars or {}
        files = {
            "dbt_project.yml": {
                "name": "bare_shop", "version": "1.0.0", "profile": "bare_shop",
                "flags": {"send_anonymous_usage_stats": False},
                # Ugly data is to be found where it first does harm.
                "data_tests": {"ecommerce_segmentation": {"+enabled": True}},
            },
            "packages.yml": {"packages": [{"local": str(ROOT)}]},
            "profiles.yml": {"bare_shop": {"target": "dev", "outputs": {"dev": {
                "type": "duckdb",
                "path": "{{ env_var('SEG_DUCKDB_PATH') }}",
                "threads": "{{ env_var('SEG_THREADS', '2') | as_number }}",
                "settings": {
                    "threads": "{{ env_var('SEG_THREADS', '2') | as_number }}",
                    "TimeZone": "America/New_York",
                },
            }}}},
        }
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(yaml.safe_dump(content, width=1000))
        # As `dbt deps` leaves it.
        package = folder / "dbt_packages" / "ecommerce_segmentation"
        if not package.is_symlink():
            package.parent.mkdir(exist_ok=True)
            package.symlink_to(ROOT)

    def build(
        self, name: str, inputs: dict[str, str], vars: dict | None = None, threads: int = 2, tests: bool = True,
        select: list[str] | None = None,
    ) -> Path:
        """Build the package from these inputs and return the DuckDB file; a name that was built before is built on.

        inputs: name of an input -> a select of its rows, or none where the var shall name a table that does not exist.
        tests: whether the package's data tests run too.
        select: models to build, without tests; all of them where none is named.
        """
        self.fill(name, inputs)
        self.run(name, self.command(name, inputs, vars, tests, select), threads)
        return self.database(name)

    def database(self, name: str) -> Path:
        return self.folder / name / "seg.duckdb"

    def target(self, name: str) -> Path:
        return self.folder / name / "target"

    def lay(self, name: str, file: Path) -> Path:
        """Begin with a copy of this DuckDB file."""
        self.database(name).parent.mkdir(exist_ok=True)
        return Path(shutil.copyfile(file, self.database(name)))

    def fill(self, name: str, inputs: dict[str, str]) -> Path:
        """Make the raw tables of these inputs anew."""
        database = self.database(name)
        database.parent.mkdir(exist_ok=True)
        with duckdb.connect(str(database)) as connection:
            connection.execute("create schema if not exists raw")
            for input_name, rows in inputs.items():
                if rows:
                    connection.execute(f"create or replace table raw.{input_name} as {rows}")
        return database

    def command(
        self, name: str, inputs: dict[str, str], vars: dict | None = None, tests: bool = True, select: list[str] | None = None
    ) -> list[str]:
        """The `dbt build` that `build` runs."""
        all_vars = {**{f"seg__{input_name}": f"raw.{input_name}" for input_name in inputs}, **self.vars, **(vars or {})}
        command = [str(DBT), "build", *self.options(name, all_vars), *selected(select)]
        return command if tests or select else [*command, "--exclude-resource-type", "test"]

    def options(self, name: str, vars: dict) -> list[str]:
        return ["--vars", yaml.safe_dump(vars), "--target-path", str(self.target(name))]

    def environment(self, name: str, threads: int = 2) -> dict[str, str]:
        return {**os.environ, "SEG_DUCKDB_PATH": str(self.database(name)), "SEG_THREADS": str(threads),
                # Nobody reads the log file, which takes a twentieth of a small build.
                "DBT_PROFILES_DIR": str(self.folder), "DBT_LOG_LEVEL_FILE": "none", "NO_COLOR": "1"}

    def place(self, name: str, threads: int = 2) -> tuple[Path, dict[str, str]]:
        """The folder and environment to run dbt in so that it sees all builds' files under the same path.

        It parses anew where the path differs.
        """
        folder = self.database(name).parent
        folder.mkdir(exist_ok=True)
        for part in ["dbt_project.yml", "packages.yml", "dbt_packages"]:
            if not (folder / part).exists():
                (folder / part).symlink_to(self.folder / part)
        return folder, {**self.environment(name, threads), "SEG_DUCKDB_PATH": self.database(name).name}

    def run(self, name: str, command: list[str], threads: int = 2) -> None:
        """Run dbt on what an earlier run with the same vars parsed."""
        folder, environment = self.place(name, threads)
        parsed = folder / "target" / "partial_parse.msgpack"
        vars = yaml.safe_dump(parsing_vars(yaml.safe_load(command[command.index("--vars") + 1])))
        kept = self.parsed and self.parsed / f"{hashlib.md5(vars.encode()).hexdigest()}.msgpack"
        if kept and kept.exists():
            parsed.parent.mkdir(exist_ok=True)
            shutil.copyfile(kept, parsed)
        try:
            run(command, folder, environment, run_dbt if self.parsed else run_command)
        finally:
            if kept and parsed.exists() and not kept.exists():
                # Another process may be about to keep the same: one of them is left, whole.
                shutil.copyfile(parsed, unfinished := kept.with_suffix(f".{os.getpid()}"))
                unfinished.replace(kept)


def selected(models: list[str] | None) -> list[str]:
    """The options of dbt that build these models alone, without tests; tags with theirs."""
    if not models:
        return []
    if all(model.startswith("tag:") for model in models):
        return ["--select", *models]
    return ["--select", *models, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


def run_command(command: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def run(command: list[str], cwd: Path, env: dict[str, str], runner: Callable = run_command) -> None:
    result = runner(command, cwd, env)
    if result.returncode != 0:
        raise RuntimeError(
            f"{' '.join(command)} failed in {cwd}\n{result.stdout[-6000:]}\n{result.stderr[-2000:]}"
        )


def real_data_file(name: str) -> tuple[Path | None, str]:
    """The file of that name below SEG_REAL_DATA, and why there is none if there is none."""
    folder = os.environ.get("SEG_REAL_DATA")
    if not folder:
        return None, "SEG_REAL_DATA is not set: name the folder that holds " + name
    file = Path(folder) / name
    if not file.exists():
        return None, f"{file} does not exist (SEG_REAL_DATA is {folder})"
    return file, ""


if __name__ == "__main__":
    # `python tests/python/shops.py FOLDER`: build that shop in a temporary folder and say how long its tables are.
    import tempfile

    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(build_shop(Path(sys.argv[1]), Path(folder))), read_only=True) as connection,
    ):
        for mart in ["seg__user_profiles", "seg__segments", "seg__user_predictions", "seg__user_recommendations"]:
            print(f"{mart}: {connection.table(mart).count('*').fetchall()[0][0]:,} rows")
