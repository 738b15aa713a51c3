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
    try:
        runpy.run_path(command[0], run_name="__main__")
    finally:
        # Closing the database is left to the end of the process, which multiprocessing cuts short.
        atexit._run_exitfuncs()
