"""Where benchmarks leave their figures: RESULTS.md beside this file, with date, versions and machine, and the README."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "scripts"))

from readme_section import write_readme_section, write_section  # noqa: E402  the folder is no package

RESULTS = HERE / "RESULTS.md"
PACKAGES = ["dbt-core", "dbt-duckdb", "duckdb", "scikit-learn", "pandas", "polars", "implicit"]


def write_result(name: str, text: str) -> None:
    """Replace the section of this name in RESULTS.md, where it says when and on what it was measured, and in the README."""
    write_section(RESULTS, name, f"{text}\n\n*{measured_on()}*")
    write_readme_section(name, text)


def measured_on() -> str:
    versions = [f"{package} {found}" for package in PACKAGES if (found := version_of(package))]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores ({processor()}), {memory_gibibytes():.0f} GiB, "
        f"{platform.system()}; Python {platform.python_version()}, {', '.join(versions)}"
    )


def version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory_gibibytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
