"""The table of a comparison: what each network is made of, and what came of its runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from cnn.comparing import columns
from cnn.comparing.columns import Place, Unit, shown, stars
from cnn.comparing.comparison import Group
from cnn.comparing.findings import the_rule, told_apart, unseen
from cnn.comparing.same_data import Differences
from cnn.comparing.significance import FEWEST_SEEDS
from cnn.comparing.spread import share_text
from cnn.comparing.standings import Row, Summary
from cnn.comparing.verdict import Claims
from cnn.comparing.verdict_words import THE_RULE, power
from cnn.network.shapes import shape_text
from cnn.numbers import number
from cnn.pictures.training.curves import colour
from ui.components.table import Cell, Column, TableRow, table
from ui.parts.comparison.focus import alone, press
from ui.parts.runs import runs
from ui.session import theme
from ui.session.pages import PAGES
from ui.session.words import duration, plain, pretty, short, size_bytes

TARGET = "compare_target"
FINE = 10_000
"""Of so many images one is a hundredth of a percentage point."""
AT_A_GLANCE: dict[Unit, Callable[[float], str]] = {
    Unit.COUNT: short,
    Unit.EPOCHS: lambda value: number(value, 3),
    Unit.BYTES: size_bytes,
    Unit.SECONDS: duration,
    Unit.RATE: "{:,.0f}".format,
}
NAME = Column("name", "Network")


def chosen_target() -> float:
    """The validation accuracy that is aimed at; its control is above the table."""
    return float(st.session_state.get(TARGET, 95.0)) / 100


def compared(
    rows: Sequence[Row], places: Mapping[str, int], apart: Differences, judged: Claims
) -> None:
    """The table, what its stars mean, and the way to the runs behind a network."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header("Results", anchor=False)
        st.number_input(
            "Target validation accuracy, %",
            1.0,
            100.0,
            95.0,
            0.5,
            format="%g",
            key=TARGET,
            persist_state="session",
            width=220,
        )
    if apart.forbid:
        said = plain(f"Not ranked by accuracy. {' '.join(apart.forbid)}")
        st.warning(said, icon=":material/difference:")
    best = stars(rows, judged.best)
    dark = theme.is_dark()
    chosen = alone(places)
    picked = table(
        "The networks compared",
        [NAME, *(Column(one.name, one.title, one.help, True) for one in shown(Place.PAGE))],
        [_row(row, colour(places[row.id], dark=dark), best) for row in rows],
        key="compared",
        can_open=True,
        current=[chosen] if chosen else [],
        on_press=press,
        name_stays=True,
    )
    st.caption(plain(" ".join(_said(rows, apart, judged))))
    for note in apart.notes:
        st.caption(plain(note))
    if judged.judgements and not apart.forbid:
        with st.expander("How it is told whether a network is better"):
            st.markdown(THE_RULE)
    if picked.opened:
        group = next(row.group for row in rows if row.id == picked.opened)
        if ids := [run.id for run in group.runs if run][: runs.MOST_SHOWN]:
            st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: ids})


def _said(rows: Sequence[Row], apart: Differences, judged: Claims) -> list[str]:
    """What was measured how, who is shown to be better, and how far that can be trusted."""
    images = next((row.test_images for row in rows if row.test_images), None)
    if images is None or apart.forbid:
        return ["Times, speed and cost are of this network's own runs."] if images else []
    said = [
        f"Test accuracy is measured once for each run, on {images:,} images.",
        "A ★ marks the best of a column: a test accuracy only where the network is shown to be "
        "better than every tested one without a ★, and no validation accuracy, time or speed.",
    ]
    if not judged.judgements:
        return said
    if not any(one.seeds for one in judged.judgements):
        few = f"Below {FEWEST_SEEDS} finished seeds no network is called better."
        untold = [one.sentences[0] for one in judged.judgements if not one.images]
        return [*said, *(untold[:1] or [few]), *unseen(judged), power()]
    told = told_apart(judged) or "No network is shown to be better than another."
    return [*said, told, *the_rule(judged)]


def _row(row: Row, swatch: str, best: Mapping[str, set[str]]) -> TableRow:
    name = row.name
    cells = {
        one.name: _cell(one, row, is_best=row.id in best.get(one.name, ()))
        for one in shown(Place.PAGE)
    }
    named = {NAME.key: Cell(name, note=_standing(row.group), swatch=swatch)}
    return TableRow(row.group.entrant.id, name, named | cells)


def _cell(column: columns.Column, row: Row, *, is_best: bool) -> Cell:
    note = column.note(row)
    match column.value(row):
        case None:
            return Cell(column.absent if note else "", note=note)
        case (height, width):
            return Cell(pretty(shape_text((height, width))), max(height, width), note)
        case Summary() as found if column.unit is Unit.SHARE:
            return Cell(_share(found, column.images(row)), found.mean, note, is_best=is_best)
        case found:
            amount = found.mean if isinstance(found, Summary) else found
            return Cell(AT_A_GLANCE[column.unit](amount), amount, note, is_best=is_best)


def _share(found: Summary, images: int | None) -> str:
    """A mean accuracy, with its spread where it has one; to the hundredth of a percentage point
    where an image is no more than that.
    """
    return share_text(found, 2 if images and images >= FINE else 1).replace(" %", "\u202f%")


def _standing(group: Group) -> str:
    """Which seeds are still to come, and which were left out and why."""
    live = len(group.live)
    said = [f"{live} to come"] if live else []
    return ", ".join([*said, *group.not_counted])
