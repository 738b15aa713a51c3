"""Replace one generated section of README.md or another page, so that no figure in it is typed by hand."""

from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


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
