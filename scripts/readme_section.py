"""Replace one generated section of README.md, so that no figure in it is typed by hand."""

from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def write_readme_section(name: str, text: str) -> None:
    """Put the text between `<!-- name:start -->` and `<!-- name:end -->`; raises ValueError without those markers."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    readme = README.read_text(encoding="utf-8")
    if start not in readme or end not in readme:
        raise ValueError(f"{README} lacks {start} and {end}")
    before, rest = readme.split(start, 1)
    after = rest.split(end, 1)[1]
    README.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")
