"""Trainings that another program does, beside a comparison: their curves, and no claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from cnn.comparing.binned_curves import binned_curves
from cnn.comparing.mean_curves import Axis, Sample, curve_elsewhere, epoch_samples, stretch_samples
from cnn.network.trace import trace
from cnn.pictures.comparison.bands import Band
from cnn.pictures.training.curves import COLOURS
from cnn.training.recipe.elsewhere import MARK, OWN_COUNT, Elsewhere
from cnn.training.recipe.run import Epoch
from ui.components.table import Cell, Column, TableRow, table
from ui.parts.runs import runs
from ui.session.words import duration, percent

COLUMNS = (
    Column("name", "Network"),
    Column("state", "State"),
    Column("validation", "Validation", "Last epoch, by its own count", is_number=True),
    Column("epochs", "Epochs", is_number=True),
    Column("params", "Parameters", is_number=True, is_minor=True),
    Column("time", "Time", is_number=True, is_minor=True),
)


def found(run_ids: Sequence[str]) -> list[Elsewhere]:
    """Those of these runs that another program trained."""
    look_up = runs.store().look_up
    return [one for id in run_ids if isinstance(one := look_up(id), Elsewhere)]


def shown(found: Sequence[Elsewhere], epochs: Mapping[str, Sequence[Epoch]]) -> None:
    """A table of them, apart from that of the comparison."""
    if not found:
        return
    st.subheader(MARK.capitalize(), anchor=False)
    table(
        "Trained elsewhere", COLUMNS, [_row(one, epochs[one.id]) for one in found], key="elsewhere"
    )
    st.caption(OWN_COUNT)


def bands(
    found: Sequence[Elsewhere],
    epochs: Mapping[str, Sequence[Epoch]],
    field: str,
    axis: Axis,
    *,
    length: int,
    taken: Collection[int],
    highest: float,
) -> list[Band]:
    """Their curves of a figure, where they measured it; means of `length` steps where that is not
    0. Their colours are none of those `taken`.
    """
    measured = [one for one in found if field not in one.told.unmeasured]
    samples: dict[str, list[Sample]] = (
        {
            id: stretch_samples(curve, field)
            for id, curve in binned_curves(
                runs.store(), [one.id for one in measured], length
            ).items()
        }
        if length
        else {one.id: epoch_samples(epochs[one.id], field) for one in measured}
    )
    free = [number for number in range(COLOURS) if number not in taken] or list(range(COLOURS))
    return [
        Band(one.id, f"{one.name}, {MARK}", free[place % len(free)], curve)
        for place, one in enumerate(found)
        if one in measured and (curve := curve_elsewhere(one, samples[one.id], axis, highest))
    ]


def _row(one: Elsewhere, epochs: Sequence[Epoch]) -> TableRow:
    last = epochs[-1].val_accuracy if epochs and one.told.val_accuracy else None
    counted = trace(one.architecture).total_params if one.architecture else one.told.parameters
    seconds = one.progress.seconds
    return TableRow(
        one.id,
        f"{one.name}, {MARK}",
        {
            "name": Cell(one.name, note=MARK),
            "state": Cell(one.state.value),
            "validation": Cell(percent(last) or "–", last),
            "epochs": Cell(f"{len(epochs)} of {one.epochs_wanted}", len(epochs)),
            "params": Cell(f"{counted:,}" if counted else "–", counted),
            "time": Cell(duration(seconds) if seconds else "", seconds),
        },
    )
