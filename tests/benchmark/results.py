"""Where benchmarks leave their figures: RESULTS.md beside this file, and what the README quotes of it."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "scripts"))

import readme_section  # noqa: E402  the folder is no package


def write_result(name: str, text: str, summary: str | None = None) -> None:
    readme_section.write_result(HERE / "RESULTS.md", name, text, summary)
