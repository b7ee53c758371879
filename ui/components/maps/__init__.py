"""Maps side by side with all their numbers. Hovering a cell says its value, lights what it sees and
what sees it in the other maps, and writes out its sum: in the browser, without the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from cnn.pictures.inside.maps import Tile
from ui.components.component import component

LARGEST_WEIGHT = 1_000

Cell = tuple[int, int, int]
"""The map, counted from 0, and in it the row and the column."""

_mount = component(
    "maps",
    html='<div class="room"><div class="maps"></div>'
    '<output class="said" aria-live="polite"></output></div>',
    state=("cell", "weights"),
)


def linked_maps(
    tiles: Sequence[Tile],
    *,
    key: str,
    chosen: Cell | None = None,
    on_cell: Callable[[Cell], None] | None = None,
    on_kernel: Callable[[tuple[float, ...]], None] | None = None,
    rows: int = 1,
    side: int = 196,
) -> None:
    """Draws the maps, each about `side` pixels wide; with 2 rows, two of them below each other.

    `chosen` is the cell that is lit while none is hovered; `on_cell` hears of a cell that was
    clicked, `on_kernel` of the weights of a kernel that was edited, line by line.
    """

    def picked() -> None:
        cell = read_cell(st.session_state[key].cell, tiles)
        if on_cell is not None and cell is not None:
            on_cell(cell)

    def edited() -> None:
        weights = read_weights(st.session_state[key].weights)
        if on_kernel is not None and weights is not None:
            on_kernel(weights)

    _mount(
        key=key,
        data={
            "tiles": [tile.to_dict() for tile in tiles],
            "chosen": None if chosen is None else list(chosen),
            "rows": rows,
            "side": side,
            "picks": on_cell is not None,
        },
        cell=picked,
        weights=edited,
    )


def read_cell(given: Any, tiles: Sequence[Tile]) -> Cell | None:
    """The cell that the browser sent; None for what is not one of these maps'."""
    if not (isinstance(given, list) and len(given) == 3 and all(type(n) is int for n in given)):
        return None
    place, row, column = given
    if not 0 <= place < len(tiles):
        return None
    height, width = tiles[place].values.shape[:2]
    return (place, row, column) if 0 <= row < height and 0 <= column < width else None


def read_weights(given: Any) -> tuple[float, ...] | None:
    """The nine weights that the browser sent; None for anything else."""
    if not (isinstance(given, list) and len(given) == 9):
        return None
    # What is no number is within no limit, and an integer may be longer than any float.
    if not all(type(one) in (int, float) and abs(one) <= LARGEST_WEIGHT for one in given):
        return None
    return tuple(float(one) for one in given)
