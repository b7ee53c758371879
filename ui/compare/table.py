"""The table of a comparison: what each network is made of, and what came of its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnn.network.shapes import shape_text
from cnn.pictures import curves
from cnn.training.comparison import Group, Row, as_good_as_best
from ui import theme
from ui.shell import PAGES
from ui.table import Cell, Column, TableRow, table
from ui.training import runs
from ui.words import duration, percent, pretty, short

COLUMNS = (
    Column("name", "Network"),
    Column("test", "Test accuracy", "Mean ± standard deviation over the seeds (how many)", True),
    Column("validation", "Best validation", "Highest over the epochs, mean over the seeds", True),
    Column("params", "Parameters", "", True),
    Column("macs", "MACs", "Multiply-accumulates for one image", True),
    Column("depth", "Depth", "Layers with a kernel on the longest way", True, True),
    Column("field", "Sees", "Input pixels one cell of the last map sees", True, True),
    Column("epoch", "Epoch takes", "Mean over the seeds, validation included", True, True),
    Column("speed", "Images/s", "Trained per second", True, True),
)


def compared(rows: Sequence[Row], places: Mapping[str, int]) -> None:
    """The table, what its stars mean, and the way to the runs behind a network."""
    found = [row for row in rows if row.test_accuracy]
    best = as_good_as_best(rows)
    tied = len(best) > 1 and len(best) == len(found)
    dark = theme.is_dark()
    picked = table(
        "The networks compared",
        COLUMNS,
        [
            _row(
                row,
                curves.colour(places[row.group.entrant.id], dark=dark),
                is_best=not tied and row.group.entrant.id in best,
            )
            for row in rows
        ],
        key="compared",
        can_open=True,
    )
    images = next((row.test_images for row in found), None)
    if images:
        st.caption(
            f"Test accuracy is measured once for each run, on the same {images:,} images. "
            + (_told_apart(best, tied=tied) if best else "")
        )
    if picked.opened:
        group = next(row.group for row in rows if row.group.entrant.id == picked.opened)
        if ids := [run.id for run in group.runs if run][: runs.MOST_SHOWN]:
            st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: ids})


def _told_apart(best: set[str], *, tied: bool) -> str:
    if tied:
        return (
            "These runs cannot tell the networks apart: their test accuracies differ by less than "
            "twice the error of the difference. More seeds or more test images would say more."
        )
    others = (
        f", and {len(best) - 1} that these runs cannot tell from it (within twice the error of "
        "the difference)"
        if len(best) > 1
        else ", further ahead than twice the error of the difference"
    )
    return f"★ marks the best test accuracy{others}."


def _row(row: Row, colour: str, *, is_best: bool) -> TableRow:
    entrant, traced = row.group.entrant, row.trace
    test, validation, takes = row.test_accuracy, row.best_validation, row.seconds_per_epoch
    speed = row.images_per_s
    accuracy = percent(test.mean) if test else ""
    if test and test.sd is not None:
        accuracy += f" ± {100 * test.sd:.1f}"
    return TableRow(
        entrant.id,
        entrant.name,
        {
            "name": Cell(entrant.name, note=_standing(row.group), swatch=colour),
            "test": Cell(
                accuracy,
                test.mean if test else None,
                f"n = {test.n}" if test else "",
                is_best=is_best,
            ),
            "validation": Cell(
                percent(validation.mean) if validation else "",
                validation.mean if validation else None,
            ),
            "params": Cell(short(traced.total_params), traced.total_params),
            "macs": Cell(short(traced.total_macs), traced.total_macs),
            "depth": Cell(str(traced.depth), traced.depth),
            "field": Cell(pretty(shape_text(row.receptive_field)), max(row.receptive_field)),
            "epoch": Cell(duration(takes.mean) if takes else "", takes.mean if takes else None),
            "speed": Cell(f"{speed.mean:,.0f}" if speed else "", speed.mean if speed else None),
        },
    )


def _standing(group: Group) -> str:
    """Which seeds are still to come, and which were left out and why."""
    live = len(group.live)
    said = [f"{live} to come"] if live else []
    said += [f"seed {seed} {state}, left out" for seed, state in group.left_out.items()]
    return ", ".join(said)
