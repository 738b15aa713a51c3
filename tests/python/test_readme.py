"""What the README shows of the demo store is what a build of it prints.

What is fitted is left out: the last digits of floating-point arithmetic are not the same on every processor.
"""

import sys

import pytest
from shops import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
from print_summary import Marts, experiment_section, quality_section, question_section, segment_section, shop_section


def schemes_by_rules(marts: Marts) -> str:
    section = segment_section(marts)
    return section[section.index("  behaviour "):section.index("  also: ")]


@pytest.mark.parametrize("section", [
    lambda marts: shop_section(marts, "seg.duckdb"), quality_section, schemes_by_rules, experiment_section, question_section,
], ids=["shop", "inputs", "segments by rules", "experiments", "questions"])
def test_the_readme_shows_what_a_build_prints(demo_store, section):
    text = section(Marts(demo_store))
    assert text
    assert text in (ROOT / "README.md").read_text(encoding="utf-8")
