"""The tables of a comparison for a paper: results, values seed by seed, and the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnn.comparing.columns import COLUMNS, TEST
from cnn.comparing.findings import Findings
from cnn.comparing.standings import Row
from cnn.comparing.verdict import Judgement
from cnn.numbers import number
from cnn.pictures.paper.escapes import latex, markdown, needs_other_letters

RESULTS = ("test_accuracy", "finished_seeds", "params", "macs", "depth", "seconds_per_epoch")
"""The columns of the results, by name."""

_TESTED = ("Difference", "points", "from", "to", "p", "level", "seeds", "of", "shown")
_ALIKE = ("level", "seeds", "of")
"""The columns of the tests, and those that are mostly alike."""

_NARROW = "\\small\n\\setlength{\\tabcolsep}{3pt}\n"
"""So that the results and the tests fit on a page of LaTeX's own width."""


@dataclass(frozen=True, slots=True)
class Table:
    """Heads and lines of words; the first column names, all others are numbers. `best` are the
    places of lines whose second cell is shown to be best.
    """

    caption: str
    label: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    best: frozenset[int] = frozenset()


def tables(found: Findings) -> tuple[Table, ...]:
    """All tables, those without a line left out."""
    made = (results(found), by_seed(found), tested(found))
    return tuple(one for one in made if one.lines)


def results(found: Findings) -> Table:
    """Accuracy, and what each network is made of."""
    columns = [column for column in COLUMNS if column.name in RESULTS]
    written = [column.written(found.rows) for column in columns]
    lines = zip((row.name for row in found.rows), *written, strict=True)
    places = (place for place, row in enumerate(found.rows) if row.id in found.claims.best)
    assert columns[0] is TEST
    return Table(
        "Accuracy on the test images (mean ± standard deviation over n seeds), and cost. Bold: "
        "shown to be better than every network that is not.",
        "results",
        ("Network", *(column.head for column in columns)),
        tuple(lines),
        frozenset(places),
    )


def by_seed(found: Findings) -> Table:
    """The test accuracy of every run, in per cent."""
    seeds = sorted({run.configuration.seed for run in found.runs})

    def cell(row: Row, seed: int) -> str:
        run = row.group.of_seed(seed)
        has_ended = run in row.group.finished and run is not None and run.result is not None
        return f"{100 * run.result.test_accuracy:.2f}" if has_ended and run and run.result else "–"

    lines = [(row.name, *(cell(row, seed) for seed in seeds)) for row in found.rows]
    return Table(
        "Accuracy on the test images by seed, in per cent.",
        "seeds",
        ("Network", *(f"seed {seed}" for seed in seeds)),
        tuple(lines) if seeds else (),
    )


def tested(found: Findings) -> Table:
    """Every pair: the difference, its interval, and what the tests say of it. What is alike in all
    lines is said above them: a page is not wide.
    """
    lines = [line for one in found.judgements if (line := _tested(one))]
    columns = dict(zip(_TESTED, zip(*lines, strict=True), strict=False))
    alike = {head: columns[head][0] for head in _ALIKE if len(set(columns.get(head, ()))) == 1}
    caption = (
        "Differences in accuracy on the test images, in percentage points. Each p is held against "
        "its level, which all pairs share; the interval is at 1 minus the level."
    )
    if alike:
        caption += f" In every line: {', '.join(' '.join(one) for one in alike.items())}."
    kept = [place for place, head in enumerate(_TESTED) if head not in alike]
    return Table(
        caption,
        "tests",
        tuple(_TESTED[place] for place in kept),
        tuple(tuple(line[place] for place in kept) for line in lines),
    )


def _tested(one: Judgement) -> tuple[str, ...] | None:
    verdict = one.seeds or one.images
    if verdict is None:
        return None
    points = (100 * value for value in (verdict.difference, verdict.low, verdict.high))
    seeds = f"{verdict.first_seeds}/{verdict.second_seeds}"
    of = "networks" if one.seeds else "trained networks"
    shown = "yes" if verdict.is_real else "no"
    signed = (f"{value:.2f}".replace("-", "−") for value in points)
    p, level = number(verdict.p), number(verdict.level)
    return (f"{one.first} − {one.second}", *signed, p, level, seeds, of, shown)


def as_latex(table: Table) -> str:
    """The table for LaTeX with the package booktabs."""
    lines = [_line(line, latex, place in table.best) for place, line in enumerate(table.lines)]
    body = "\n".join(f"{' & '.join(line)} \\\\" for line in lines)
    heads = " & ".join(map(latex, table.heads))
    text = (
        f"\\begin{{table}}\n\\centering\n{_NARROW}\\caption{{{latex(table.caption)}}}\n"
        f"\\label{{tab:{table.label}}}\n\\begin{{tabular}}{{l{'r' * (len(table.heads) - 1)}}}\n"
        f"\\toprule\n{heads} \\\\\n\\midrule\n{body}\n\\bottomrule\n"
        "\\end{tabular}\n\\end{table}\n"
    )
    needed = "% \\usepackage{booktabs,textcomp}\\usepackage[T1]{fontenc}\n"
    if needs_other_letters(text):
        needed += "% A name has letters that need XeLaTeX or LuaLaTeX, and a font that has them.\n"
    return needed + text


def as_markdown(table: Table) -> str:
    """The table for Markdown, as GitHub reads it."""
    lines = [_line(line, markdown, place in table.best) for place, line in enumerate(table.lines)]
    rule = ["---", *("---:" for _ in table.heads[1:])]
    rows = [list(map(markdown, table.heads)), rule, *lines]
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{markdown(table.caption)}\n\n{body}\n"


def _line(line: Sequence[str], escape: Callable[[str], str], is_best: bool) -> list[str]:
    cells = [escape(cell) for cell in line]
    if is_best:
        cells[1] = f"\\textbf{{{cells[1]}}}" if escape is latex else f"**{cells[1]}**"
    return cells
