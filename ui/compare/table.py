"""The table of a comparison: what each network is made of, and what came of its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnn.compare.claims import Claims
from cnn.compare.compared import the_rule, told_apart, unseen
from cnn.compare.comparison import Group
from cnn.compare.same_data import Differences
from cnn.compare.significance import FEWEST_SEEDS
from cnn.compare.spread import share_text
from cnn.compare.standings import Contest, Row, Summary, ToTarget, stars
from cnn.compare.verdict_words import power
from cnn.network.shapes import shape_text
from cnn.pictures.training.curves import colour
from ui import theme
from ui.compare.focus import alone, press
from ui.shell import PAGES
from ui.table import Cell, Column, TableRow, table
from ui.training import runs
from ui.words import duration, plain, pretty, short, size_bytes

TARGET = "compare_target"
FINE = 10_000
"""Of so many images one is a hundredth of a percentage point."""
COLUMNS = (
    Column("name", "Network"),
    Column("test", "Test accuracy", "Mean ± standard deviation over the seeds (how many)", True),
    Column("validation", "Best validation", "Highest over the epochs, mean over the seeds", True),
    Column("params", "Parameters", "", True),
    Column("macs", "MACs", "Multiply-accumulates for one image, forward", True),
    Column("memory", "Activations", "Memory of all outputs for one image, in 32-bit floats", True),
    Column("depth", "Depth", "Layers with a kernel on the longest way", True),
    Column("field", "Sees", "Input pixels one cell of the last map sees", True),
    Column(
        "epoch",
        "Epoch takes",
        "A whole epoch with its validation, mean over the seeds; compiling is left out, and the "
        "first epoch where another is whole",
        True,
    ),
    Column("speed", "Images/s", "Trained per second", True),
    Column("target_epochs", "Epochs to target", "First epoch at or above the target", True),
    Column("target_seconds", "Time to target", "Training time until then", True),
)


def chosen_target() -> float:
    """The validation accuracy that is aimed at; its control is above the table."""
    return float(st.session_state.get(TARGET, 95.0)) / 100


def compared(
    rows: Sequence[Row], places: Mapping[str, int], apart: Differences, judged: Claims
) -> None:
    """The table, what its stars mean, and the way to the runs behind a network."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Results", anchor=False)
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
        COLUMNS,
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
        "★ marks networks whose test accuracy is shown to be higher than that of every tested "
        "network without one, and the lowest of what is counted; validation, times and speed "
        "have none.",
    ]
    if not judged.judgements:
        return said
    if not any(one.seeds for one in judged.judgements):
        few = f"Below {FEWEST_SEEDS} finished seeds no network is called better."
        untold = [one.sentences[0] for one in judged.judgements if not one.images]
        return [*said, *(untold[:1] or [few]), *unseen(judged), power()]
    told = told_apart(judged) or "No network is shown to be better than another."
    return [*said, told, *the_rule(judged)]


def _row(row: Row, swatch: str, best: Mapping[Contest, set[str]]) -> TableRow:
    entrant, traced = row.group.entrant, row.trace
    test, takes, speed = row.test_accuracy, row.seconds_per_epoch, row.images_per_s

    def cell(contest: Contest, text: str, sort: float | None, note: str = "") -> Cell:
        return Cell(text, sort, note, is_best=row.id in best[contest])

    return TableRow(
        entrant.id,
        entrant.name,
        {
            "name": Cell(entrant.name, note=_standing(row.group), swatch=swatch),
            "test": cell(
                Contest.TEST,
                _share(test, row.test_images),
                _mean(test),
                f"n = {test.n}" if test else "",
            ),
            "validation": Cell(
                _share(row.best_validation, row.validation_images),
                _mean(row.best_validation),
            ),
            "params": cell(
                Contest.PARAMS,
                short(traced.total_params),
                traced.total_params,
                f"{short(traced.trainable_params)} trainable"
                if traced.non_trainable_params
                else "",
            ),
            "macs": cell(Contest.MACS, short(traced.total_macs), traced.total_macs),
            "memory": cell(
                Contest.MEMORY, size_bytes(traced.activation_bytes), traced.activation_bytes
            ),
            "depth": Cell(str(traced.depth), traced.depth),
            "field": Cell(pretty(shape_text(row.receptive_field)), max(row.receptive_field)),
            "epoch": Cell(duration(takes.mean) if takes else "", _mean(takes)),
            "speed": Cell(f"{speed.mean:,.0f}" if speed else "", _mean(speed)),
            **_to_target(row.to_target),
        },
    )


def _to_target(target: ToTarget | None) -> dict[str, Cell]:
    """How soon the target was reached, in how many of the seeds; or that it was not."""
    if target is None:
        return {}
    if target.epochs is None or target.seconds is None:
        return {"target_epochs": Cell("not reached", note=f"0 of {target.seeds}")}
    note = f"{target.reached} of {target.seeds}"
    return {
        "target_epochs": Cell(f"{target.epochs.mean:.3g}", target.epochs.mean, note),
        "target_seconds": Cell(duration(target.seconds.mean), target.seconds.mean, note),
    }


def _share(found: Summary | None, images: int | None) -> str:
    """A mean accuracy, with its spread where it has one; to the hundredth of a percentage point
    where an image is no more than that.
    """
    if found is None:
        return ""
    return share_text(found, 2 if images and images >= FINE else 1).replace(" %", "\u202f%")


def _mean(found: Summary | None) -> float | None:
    return found.mean if found else None


def _standing(group: Group) -> str:
    """Which seeds are still to come, and which were left out and why."""
    live = len(group.live)
    said = [f"{live} to come"] if live else []
    return ", ".join([*said, *group.not_counted])
