"""The form of the benchmarks: what each wants of a figure, gathered into one table."""

import re
from pathlib import Path

import pytest

from benchmarks import all as every
from benchmarks import claims, goals

FOLDER = Path(goals.__file__).parent
FINDINGS = {"pages", "growth", "step"}
"""What is told there is a figure of its own, with nothing that it should be."""


@pytest.fixture(autouse=True)
def nothing_missed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(goals, "_missed", [])


@pytest.mark.parametrize("name", every.ALL)
def test_each_says_what_is_wanted_of_it_and_ends_by_it(name: str):
    source = (FOLDER / f"{name}.py").read_text("utf-8")

    says = bool(re.search(r"goals\.(held|waited)\(", source))
    assert says is (name not in FINDINGS)
    assert says is ("goals.end()" in source)
    assert says is not ("Nothing is wanted" in source)


def test_a_quick_look_is_a_part_of_all():
    assert set(every.QUICK) <= set(every.ALL)


@pytest.mark.parametrize(
    ("found", "wanted", "line"),
    [
        ([2, 1, 4, 3], {"least": 2}, "2.50 (1.75 to 3.25) | at least 2 | 4 rounds | met"),
        ([1.0, 3.0], {"most": 1.5, "unit": " s"}, "2 s | at most 1.50 s | 2 rounds | missed"),
        (1.2, {"least": 1, "beside": "fit"}, "1.20 times fit | at least 1 | 1 round | met"),
        (5, {"most": 5, "of": "one click"}, "5 | at most 5 | one click | met"),
        (float("nan"), {"most": 5}, "nan | at most 5 | 1 round | missed"),
    ],
)
def test_a_figure_is_the_median_beside_what_is_wanted(found, wanted, line, capsys):
    goals.held("it", found, **wanted)

    assert capsys.readouterr().out == f"goal: it | {line}\n"


@pytest.mark.parametrize(("most", "status"), [(2, 0), (1, "Missed: it.")])
def test_a_benchmark_ends_with_what_it_missed(most: int, status: object):
    goals.held("it", 2, most=most)

    with pytest.raises(SystemExit) as ended:
        goals.end()

    assert ended.value.code == status


def test_the_table_has_each_line_with_where_it_is_from(capsys: pytest.CaptureFixture[str]):
    goals.held("a", 1, least=1)
    goals.held("b", 1, least=2)
    section = f"## trace\n\n```text\nfigures\n{capsys.readouterr().out}```\n"

    rows = every.goals({"trace": section, "training": ""})

    assert every.counted(rows) == "1 of 2 are met."
    assert every.table(rows).splitlines()[2:] == [
        "| `trace` | a | 1 | at least 1 | 1 round | met |",
        "| `trace` | b | 1 | at least 2 | 1 round | missed |",
    ]


def test_what_was_measured_once_stays_when_another_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    one, other = (f"print('goal: {n} | 1 | at most 1 | 1 round | met')" for n in "ab")
    monkeypatch.setattr(every, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(every, "HERE", tmp_path)
    monkeypatch.setattr(every, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text(f"Before\n{claims.BEGIN}\nold\n{claims.END}\nAfter\n")
    for name, code in (("trace", one), ("store", other)):
        (tmp_path / f"{name}.py").write_text(code)
        every.main([name])

    text = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert "| `trace` | a | 1 | at most 1 | 1 round | met |" in text
    assert "| `store` | b | 1 | at most 1 | 1 round | met |" in text
    assert "2 of 2 are met." in text
    assert "\nold\n" not in (tmp_path / "README.md").read_text("utf-8")


def test_a_claim_of_readme_gives_its_figures_what_is_wanted_of_them_and_where_they_are_from():
    rows = [
        ("`training`", "lenet", "1.47 (1.10 to 1.51) times fit", "at least 1.50", "5", "missed"),
        ("`training`", "lenet", "0.69 (0.59 to 0.87) times torch", "at least 1", "5", "missed"),
        ("`training`", "resnet", "1.60 times fit", "at least 1.50", "5", "met"),
        ("`store`", "a look", "3 ms (2 to 4)", "at most 5 ms", "5", "met"),
    ]
    said = claims.Claim(
        "as fast", "training", {"LeNet": ("lenet", "fit"), "ResNet": ("resnet", "fit")}
    )
    other = claims.Claim("quick", "store", {"": ("a look", "")})
    unmeasured = claims.Claim("light", "memory", {"": ("bytes", "")})

    assert [claims.row(one, rows) for one in (said, other, unmeasured)] == [
        "| as fast | LeNet 1.47 times, ResNet 1.60 times | at least 1.50: 1 of 2 "
        "| `benchmarks/training.py` |",
        "| quick | 3 ms | at most 5 ms: met | `benchmarks/store.py` |",
        "| light | not measured yet | | `benchmarks/memory.py` |",
    ]


def test_what_stands_around_the_claims_stays():
    text = f"Before\n\n{claims.BEGIN}\nold\n{claims.END}\nAfter\n"

    put = claims.put(text, [])

    assert put.startswith(f"Before\n\n{claims.BEGIN}\n| what |")
    assert put.endswith(f"|\n{claims.END}\nAfter\n")
    assert claims.put(put, []) == put
