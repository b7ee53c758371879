"""Grids of a transposed convolution: cells spread over a larger map, and how many windows meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnn.insight.passes.slide import Spreading
from cnn.network.shapes import Spread
from ui.components.component import component
from ui.components.grids import PIXELS_CYCLE, WEIGHTS_CYCLE, Labels, edited, grid_data

_mount = component("grids/spread", state=("edited",))


def grid_spread(
    spreading: Spreading,
    *,
    key: str,
    labels: Labels,
    counts: str,
    rev: int = 0,
    edits_input: bool = False,
    edits_kernel: bool = False,
    on_edit: Callable[[], None] = lambda: None,
) -> None:
    """Shows which window each cell is added to and what meets in each cell of the output, and lets
    the values be edited. `counts` is what the grid of how many windows meet is called.
    """
    last = edited(key, spreading)
    data = spread_data(spreading, labels, counts)
    if edits_input:
        data["input"][0] |= {"editable": True, "cycle": list(PIXELS_CYCLE)}
    if edits_kernel:
        data["kernel"][0] |= {"editable": True, "cycle": list(WEIGHTS_CYCLE)}
    answered = last.count if last and last.rev == rev else 0
    _mount(
        key=key, data=data | {"rev": rev, "answered": answered, "start": [0, 0, 0]}, edited=on_edit
    )


def spread_data(spreading: Spreading, labels: Labels, counts: str) -> dict[str, Any]:
    """A transposed convolution as the script takes it; the tests read it too."""
    rows, columns = spreading.axes
    image, kernel, output = spreading.input[..., 0], spreading.kernel[..., 0, 0], spreading.output
    frame = {"top": rows.before, "bottom": rows.after}
    frame |= {"left": columns.before, "right": columns.after}
    cut_off = {"frame": frame, "fill": "", "around": "cut off"}
    meeting = spreading.meeting.astype(np.float32)
    return {
        "kind": "sum",
        "axes": {"rows": _along(rows), "columns": _along(columns)},
        "input": [grid_data(image, labels.input, image)],
        "kernel": [grid_data(kernel, labels.kernel, kernel)],
        "bias": [],
        "output": [grid_data(output[..., 0], labels.output, output) | cut_off],
        "count": [grid_data(meeting, counts, meeting) | cut_off],
    }


def _along(axis: Spread) -> dict[str, int]:
    return {name: getattr(axis, name) for name in ("size", "kernel", "stride", "before")}
