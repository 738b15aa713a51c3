"""Replace one generated section of README.md or another page, so that no figure in it is typed by hand."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
PACKAGES = ["dbt-core", "dbt-duckdb", "duckdb", "scikit-learn", "pandas", "polars", "implicit"]


def write_result(page: Path, name: str, text: str, summary: str | None = None) -> None:
    """Replace the section of this name in a page of results, which says when and on what it was measured, and in
    the README.

    summary: what README shows of it; all where there is none.
    """
    write_section(page, name, f"{text}\n\n*{measured_on()}*")
    write_readme_section(name, summary or text)


def write_readme_section(name: str, text: str) -> None:
    write_section(README, name, text)


def write_section(page: Path, name: str, text: str) -> None:
    """Put the text between `<!-- name:start -->` and `<!-- name:end -->`; raises ValueError without those markers."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    whole = page.read_text(encoding="utf-8")
    if start not in whole or end not in whole:
        raise ValueError(f"{page} lacks {start} and {end}")
    before, rest = whole.split(start, 1)
    after = rest.split(end, 1)[1]
    page.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


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
