"""Tables for LaTeX and Markdown: what LaTeX takes, and the numbers of `compare --json`."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.comparing.export import brief
from cnn.comparing.findings import Findings
from cnn.names import visible
from cnn.pictures.paper.escapes import latex, markdown
from cnn.pictures.paper.files import as_json
from cnn.pictures.paper.tables import as_latex, as_markdown, by_seed, results, tables
from cnn.pictures.paper.tables import tested as in_pairs
from tests.comparing.test_export import found as compared
from tests.pictures.paper.comparisons import judged, named
from tests.pictures.paper.read import read_table, unescaped

ODD = r'100%_{net} & $x$ #1 \input{/etc/passwd} ~^ "a" <b>|[c]'
PDFLATEX = shutil.which("pdflatex")


@given(st.text())
def test_words_in_latex_are_their_letters_and_nothing_else(words: str):
    wanted = " ".join(visible(words).split())

    # Typographic quotes are written as LaTeX writes them, which read back as two others.
    if not set(wanted) & set("“”"):
        assert unescaped(latex(wanted)) == wanted.replace("--", "–") or "--" in wanted


@given(st.text())
def test_words_in_markdown_have_no_sign_that_means_something(words: str):
    said = markdown(words)

    assert re.sub(r"\\([\\`*_{}\[\]<>#|~!])", r"\1", said) == " ".join(visible(words).split())
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_<>|\[\]]", said)


@pytest.mark.parametrize("name", ["LeNet-5", ODD])
def test_each_table_is_read_with_as_many_cells_in_each_line(name: str):
    for table in tables(named(name)):
        head, *lines = read_table(as_latex(table))

        assert tuple(head) == table.heads
        assert [tuple(line) for line in lines] == list(table.lines)
        assert len(as_markdown(table).strip().split("\n")) == 4 + len(lines)


def test_the_values_of_seeds_are_those_of_the_command_line():
    found = judged()
    told = json.loads(as_json(found))["results"]

    assert told == json.loads(json.dumps([brief(row) for row in found.rows]))
    for line, one in zip(by_seed(found).lines, told, strict=True):
        assert line[0] == one["name"]
        assert [float(cell) / 100 for cell in line[1:]] == pytest.approx(
            one["test_accuracy_of_seeds"], abs=5e-5
        )


def test_the_results_are_those_of_the_command_line():
    found = judged()
    table, told = results(found), json.loads(as_json(found))

    for line, one in zip(table.lines, told["results"], strict=True):
        cells = dict(zip(table.heads, line, strict=True))
        mean, sd = re.findall(r"[\d.]+", cells["Test accuracy"])
        assert float(mean) / 100 == pytest.approx(one["test_accuracy_mean"], abs=5e-5)
        assert float(sd) / 100 == pytest.approx(one["test_accuracy_sd"], abs=5e-5)
        assert cells["Parameters"] == f"{one['params']:,}"
        assert cells["MACs"] == f"{one['macs']:,}"
        assert cells["n"] == str(len(one["seeds"]))
    best = {found.rows[place].id for place in table.best}
    assert sorted(best) == told["best"]


def test_the_tests_are_those_of_the_command_line():
    found = judged()
    pairs = json.loads(as_json(found))["pairs"]

    for line, one in zip(in_pairs(found).lines, pairs, strict=True):
        assert line[0] == f"{one['first']} − {one['second']}"
        verdict = one["seeds"] or one["images"]
        numbers = [float(cell.replace("−", "-")) / 100 for cell in line[1:4]]
        wanted = [verdict["difference"], verdict["low"], verdict["high"]]
        assert numbers == pytest.approx(wanted, abs=5.1e-5)
        assert float(line[4]) == pytest.approx(verdict["p"], rel=0.06)
        assert line[-1] == ("yes" if one["better"] else "no")


def test_what_is_alike_in_all_lines_of_the_tests_stands_above_them():
    table = in_pairs(judged())

    assert table.heads == ("Difference", "points", "from", "to", "p", "shown")
    assert "In every line: level 0.01667, seeds 4/4, of networks." in table.caption
    assert not in_pairs(compared()).lines


@pytest.mark.skipif(PDFLATEX is None, reason="pdfLaTeX is the oracle: runs where it is")
@pytest.mark.parametrize("of", [lambda: named(ODD), judged], ids=["odd", "usual"])
def test_pdflatex_sets_the_tables_within_a_page(of: Callable[[], Findings], tmp_path: Path):
    assert PDFLATEX is not None
    body = "\n".join(as_latex(table) for table in tables(of()))
    whole = (
        "\\documentclass{article}\\usepackage{booktabs,textcomp}\\usepackage[T1]{fontenc}\n"
        f"\\begin{{document}}\n{body}\\end{{document}}\n"
    )
    (tmp_path / "t.tex").write_text(whole, encoding="utf-8")
    command = [PDFLATEX, "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout[-2_000:]
    assert of is not judged or "Overfull" not in told.stdout
