"""dbt, every run a process forked from one that has imported dbt and scikit-learn: tests run it a hundred times."""

import atexit
import gc
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

from dbt.parser.manifest import ManifestLoader

# Vars that are read when a model runs: what dbt parses is the same whatever they are (test_dbt_processes.py), so builds
# that differ in nothing else share it.
RUN_TIME_VARS = {
    "seg__as_of_date", "seg__horizon_days", "seg__max_products_per_user", "seg__max_training_rows",
    "seg__max_users_at_once", "seg__minimum_repeat_rate", "seg__recommend_repeats", "seg__refit_policy",
}

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([
    "dbt.cli.main", "dbt.task.build", "dbt.adapters.duckdb", "pandas", "scipy.cluster.hierarchy",
    "sklearn.cluster", "sklearn.ensemble", "sklearn.linear_model", "sklearn.neural_network", "sklearn.tree",
])


def run_dbt(command: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess:
    """What `subprocess.run` does with a dbt command; of what is printed, stdout holds both kinds."""
    with tempfile.NamedTemporaryFile("r") as printed:
        process = PROCESSES.Process(target=become_dbt, args=(command, cwd, env, printed.name))
        process.start()
        process.join()
        return subprocess.CompletedProcess(command, process.exitcode, stdout=printed.read(), stderr="")


def become_dbt(command: list[str], cwd: Path, env: dict[str, str], output: str) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    with open(output, "wb") as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
    sys.argv = command
    # What is imported stays: the collector need not go through it again and again.
    gc.freeze()
    ManifestLoader.build_manifest_state_check = state_check_of_parsing
    try:
        runpy.run_path(command[0], run_name="__main__")
    finally:
        # Closing the database is left to the end of the process, which multiprocessing cuts short.
        atexit._run_exitfuncs()


def parsing_vars(vars: dict) -> dict:
    """Those of the vars that what dbt parses may depend on."""
    return {name: value for name, value in vars.items() if name not in RUN_TIME_VARS}


def state_check_of_parsing(loader: ManifestLoader, check=ManifestLoader.build_manifest_state_check):
    """What tells dbt whether it must parse anew, without the vars that are read when a model runs."""
    project = loader.root_project
    given = project.cli_vars
    project.cli_vars = parsing_vars(given)
    try:
        return check(loader)
    finally:
        project.cli_vars = given
