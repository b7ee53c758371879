"""The feature maps of the whole network in the browser, and the place in them that is looked at.

What the browser sends back is checked here; how the cell came to its value is shown by `maps`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from cnn.insight.passes.forward import Activations
from cnn.network.layers import Convolution
from cnn.network.trace import Row, Trace
from ui.components.explorer import explorer_view

KEY = "inside_explorer"
INPUT = ""
"""What the input is called, where layers have their names."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a map of a layer; a vector has one map, and its features are its rows."""

    layer: str
    map: int
    row: int
    column: int

    def of(self, row: Row) -> tuple[int, ...]:
        """The place as `cnn.insight.readings.cell` counts it."""
        return (self.row,) if len(row.output_shape) == 1 else (self.row, self.column, self.map)


def explorer(parts: list[dict[str, Any]], place: Place, *, id: str, rev: str) -> None:
    """Shows the maps; `id` changes with them, and `rev` where the place is not the browser's.

    Maps that the browser says it has are not sent again: they are most of what a click would cost.
    """
    heard = told()
    has = heard.get("has") if isinstance(heard, dict) else None
    is_there = isinstance(has, list) and id in has
    explorer_view(None if is_there else parts, asdict(place), id=id, rev=rev, key=KEY)


def told() -> Any:
    """The place that the browser last told, unchecked."""
    shown = st.session_state.get(KEY)
    return shown.get("at") if shown else None


def read_place(given: Any, trace: Trace) -> Place | None:
    """A place as the browser or an address says it; None where the network has no such cell."""
    if not isinstance(given, dict):
        return None
    layer = given.get("layer")
    numbers = [given.get(name) for name in ("map", "row", "column")]
    if not isinstance(layer, str) or not all(type(one) is int for one in numbers):
        return None
    map_, row, column = (int(one) for one in numbers if one is not None)
    rows = {one.name: one.output_shape for one in trace.rows}
    shape = rows.get(layer) or (trace.architecture.input if layer == INPUT else None)
    if shape is None:
        return None
    height, width, maps = (shape[0], 1, 1) if len(shape) == 1 else shape
    inside = 0 <= map_ < maps and 0 <= row < height and 0 <= column < width
    return Place(layer, map_, row, column) if inside else None


def liveliest(trace: Trace, found: Activations, layer: str | None = None, map_: int = -1) -> Place:
    """The brightest cell of a map, or of all the maps of a layer.

    Without a layer it is the first convolution's.
    """
    rows = {row.name: row for row in trace.rows}
    if layer not in rows:
        layer = next((row.name for row in trace.rows if isinstance(row.layer, Convolution)), None)
        layer = layer or trace.rows[0].name
    values = found.outputs[layer][0]
    if values.ndim == 1:
        return Place(layer, 0, int(values.argmax()), 0)
    if not 0 <= map_ < values.shape[2]:
        map_ = int(values.max(axis=(0, 1)).argmax())
    row, column = np.unravel_index(int(values[..., map_].argmax()), values.shape[:2])
    return Place(layer, map_, int(row), int(column))
