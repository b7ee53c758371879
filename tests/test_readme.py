"""What README claims, and that what is said to show it is there and says the same."""

import ast
import re
from pathlib import Path

import pytest

from benchmarks import all as every
from benchmarks import claims

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<claim>[^|]+) \| (?P<measured>[^|]+) \| `(?P<by>[^`|]+)` \|$", re.M)
CLAIMS = [found.groupdict() for found in ROW.finditer(README)]


def test_there_are_seven_claims():
    assert len(CLAIMS) == 7
    assert "Seven\nclaims, each with the test that shows it" in README


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["claim"])
def test_what_shows_a_claim_is_there(claim):
    path, _, name = claim["by"].partition("::")
    source = ROOT / path
    assert source.is_file()
    tests = [
        one.name
        for one in ast.parse(source.read_text("utf-8")).body
        if isinstance(one, ast.FunctionDef)
    ]
    assert name in tests


def test_the_table_of_speed_is_made_of_what_was_measured():
    rows = every.goals(every.kept())

    assert claims.put(README, rows) == README
    assert claims.BEGIN in README
    assert "not measured yet" not in README


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("docs/*.md"), ROOT / "README.md"],
    ids=lambda page: page.name,
)
def test_every_test_and_benchmark_that_a_page_names_is_there(page: Path):
    named = re.findall(r"`((?:tests|benchmarks|scripts)/[\w/]+\.py)", page.read_text("utf-8"))

    assert [one for one in named if not (ROOT / one).is_file()] == []
