"""Grids of numbers that answer to the hand: a window that slides, and numbers that change in steps.

Python makes every number; the script in the browser shows which come from which, writes out the
arithmetic, and sends edits back, which are checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Reading, Slide, Spreading
from cnn.pictures.network.field_stack import sliding
from ui.components.component import component
from ui.components.grids.edit import Edit, read_edit

__all__ = ["Edit", "Grid", "Labels", "Step", "edited", "grid_pair", "grid_row", "grid_steps"]

WEIGHTS_CYCLE = (-1, 0, 1)
PIXELS_CYCLE = (0, 1)


_mount_pair = component("grids/pair", state=("edited",))
_mount_steps = component("grids/steps")


@dataclass(frozen=True, slots=True)
class Labels:
    """What the grids are called; several of a kind are numbered."""

    input: str = "Input"
    kernel: str = "Kernel"
    output: str = "Output"


def grid_pair(
    slide: Slide,
    *,
    key: str,
    rev: int = 0,
    labels: Labels | None = None,
    edits_input: bool = False,
    edits_kernel: bool = False,
    start: tuple[int, int, int] = (0, 0, 0),
    pixels_cycle: Sequence[float] = PIXELS_CYCLE,
    kept: npt.NDArray[np.bool_] | None = None,
    on_edit: Callable[[], None] = lambda: None,
) -> None:
    """Shows a window sliding over a map, and lets the values be edited.

    `rev` grows where other values are put in place of those the reader has edited; `start` is the
    filter, row and column of the output cell that is chosen first. `kept` marks output cells.
    """
    last = edited(key, slide)
    data = pair_data(slide, labels or Labels())
    for one in data["input"] if edits_input else ():
        one |= {"editable": True, "cycle": list(pixels_cycle)}
    for one in (*data["kernel"], *data["bias"]) if edits_kernel else ():
        one |= {"editable": True, "cycle": list(WEIGHTS_CYCLE)}
    if kept is not None:
        for place, one in enumerate(data["output"]):
            one["kept"] = kept[..., place].tolist()
    answered = last.count if last and last.rev == rev else 0
    data |= {"rev": rev, "answered": answered, "start": list(start)}
    _mount_pair(key=key, data=data, edited=on_edit)


def edited(key: str, shown: Slide | Spreading) -> Edit | None:
    """What the reader last made of the values, where it fits what is shown; None if nothing."""
    held = st.session_state.get(key)
    return read_edit(held.get("edited") if held else None, shown)


def pair_data(slide: Slide, labels: Labels) -> dict[str, Any]:
    """A slide as the script takes it; the tests read it too."""
    rows, columns = slide.axes
    channels, filters = slide.input.shape[2], slide.output.shape[2]
    frame = {"top": rows.before, "bottom": rows.after}
    frame |= {"left": columns.before, "right": columns.after}
    fill = "" if slide.reading is Reading.MAX else "0"
    inputs = [
        grid_data(slide.input[..., c], _numbered(labels.input, "channel", c, channels), slide.input)
        | {"frame": frame, "fill": fill}
        for c in range(channels)
    ]
    many = filters if slide.reading is Reading.SUM else channels
    word = "filter" if slide.reading is Reading.SUM else "channel"
    outputs = [
        grid_data(slide.output[..., f], _numbered(labels.output, word, f, many), slide.output)
        for f in range(filters)
    ]
    return {
        "kind": slide.reading.value,
        "axes": {"rows": sliding(rows), "columns": sliding(columns)},
        "flipped": slide.flipped,
        "countsPadding": slide.counts_padding,
        "input": inputs,
        "kernel": _kernels(slide, labels),
        "bias": _biases(slide),
        "output": outputs,
    }


def _kernels(slide: Slide, labels: Labels) -> list[dict[str, Any]]:
    if slide.kernel is None:
        return []
    channels, filters = slide.kernel.shape[2:]
    found = []
    for f in range(filters):
        for c in range(channels):
            label = _numbered(labels.kernel, "filter", f, filters)
            label = _numbered(label, "channel", c, channels)
            title = label.removeprefix(f"{labels.kernel}, ")
            one = grid_data(slide.kernel[..., c, f], label, slide.kernel)
            found.append(one | {"title": title[:1].upper() + title[1:]})
    return found


def _biases(slide: Slide) -> list[dict[str, Any]]:
    if slide.bias is None:
        return []
    many = len(slide.bias)
    return [
        grid_data(slide.bias[f].reshape(1, 1), _numbered("Bias", "filter", f, many), slide.bias)
        for f in range(many)
    ]


def _numbered(label: str, word: str, place: int, many: int) -> str:
    return label if many == 1 else f"{label}, {word} {place}"


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A grid of the stepped picture; `sign` stands before it, `scale` is its strongest colour."""

    id: str
    label: str
    values: Array
    sign: str = ""
    scale: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One moment: a heading, rows of a name and a text, values that changed, and what lights up.

    A lit cell is its row, its column, and "patch", "picked" or "fed"; `signs` stand in place of
    those of the grids.
    """

    head: str
    rows: tuple[tuple[str, str], ...]
    values: dict[str, Array]
    lit: dict[str, tuple[tuple[int, int, str], ...]]
    signs: dict[str, str] = field(default_factory=dict)


def grid_steps(
    grids: Sequence[Grid], steps: Sequence[Step], *, key: str, leader: str, rev: int = 0
) -> None:
    """Shows grids in steps; pointing at a cell of the leading grid goes to that cell's step."""
    data = {
        "grids": [
            grid_data(one.values, one.label, one.values)
            | {"id": one.id, "sign": one.sign}
            | ({} if one.scale is None else {"scale": one.scale})
            for one in grids
        ],
        "steps": [
            {
                "head": step.head,
                "rows": [list(row) for row in step.rows],
                "values": {id: numbers(values) for id, values in step.values.items()},
                "lit": {id: [list(cell) for cell in cells] for id, cells in step.lit.items()},
                "signs": step.signs,
            }
            for step in steps
        ],
        "leader": leader,
        "start": 0,
        "rev": rev,
    }
    _mount_steps(key=key, data=data)


def grid_row(grids: Sequence[Grid], *, key: str) -> None:
    """Shows grids beside each other that do not move, with their signs between them."""
    grid_steps(grids, [Step("", (), {}, {})], key=key, leader="")


def grid_data(values: Array, label: str, among: Array) -> dict[str, Any]:
    """A grid for the browser; its strongest colour is that of the largest number of `among`."""
    return {"label": label, "values": numbers(values), "scale": float(np.abs(among).max()) or 1.0}


def numbers(values: Array) -> list[list[float]]:
    """A grid's values for the browser: the shortest decimals that mean these 32 bits."""
    return [[float(str(value)) for value in row] for row in values.astype(np.float32)]
