"""What README claims, and that what is said to show it is there and says the same."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RESULTS = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<claim>[^|]+) \| (?P<measured>[^|]+) \| `(?P<by>[^`|]+)` \|$", re.M)
CLAIMS = [found.groupdict() for found in ROW.finditer(README)]
LATER = re.compile(r"(?P<measured>[^(.]*)\(`(?P<by>benchmarks/\w+\.py)`\)")
"""A figure in a sentence, with its benchmark behind it."""


def benchmark_figures() -> list[tuple[str, str]]:
    """Each figure that README gives by a benchmark, with the name of that benchmark."""
    said = [(one["measured"], one["by"]) for one in CLAIMS if one["by"].startswith("bench")]
    said += [(one["measured"], one["by"]) for one in LATER.finditer(README)]
    return [
        (Path(by).stem, figure)
        for measured, by in said
        for figure in re.findall(r"(?<![\w.-])\d+\.\d+|\d+(?= m?s\b)", measured)
    ]


def test_there_are_eleven_claims():
    assert len(CLAIMS) == 11
    assert "Eleven\nclaims, each with the test or the benchmark that shows it" in README


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["claim"])
def test_what_shows_a_claim_is_there(claim):
    path, _, name = claim["by"].partition("::")
    source = ROOT / path
    assert source.is_file()
    if path.startswith("tests/"):
        tests = [
            one.name
            for one in ast.parse(source.read_text("utf-8")).body
            if isinstance(one, ast.FunctionDef)
        ]
        assert name in tests
    else:
        assert f"\n## {source.stem}\n" in RESULTS, "measured, and written down"


@pytest.mark.parametrize(("benchmark", "figure"), benchmark_figures())
def test_a_figure_of_a_benchmark_is_the_one_that_was_written_down(benchmark, figure):
    written = RESULTS.split(f"\n## {benchmark}\n")[1].split("\n## ")[0].split("```text")[1]
    decimals = len(figure.partition(".")[2])
    measured = re.findall(r"(?<![\w.])\d+(?:\.\d+)?", written.replace(",", ""))
    assert figure in {f"{float(one):.{decimals}f}" for one in measured}


def test_the_figures_of_the_benchmarks_are_found():
    assert {name for name, _ in benchmark_figures()} == {
        *("training", "first_point", "fast_mnist", "estimate"),
        *("build_page", "draw", "first_comparison"),
    }


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("docs/*.md"), ROOT / "README.md"],
    ids=lambda page: page.name,
)
def test_every_test_and_benchmark_that_a_page_names_is_there(page: Path):
    named = re.findall(r"`((?:tests|benchmarks|scripts)/[\w/]+\.py)", page.read_text("utf-8"))

    assert [one for one in named if not (ROOT / one).is_file()] == []
