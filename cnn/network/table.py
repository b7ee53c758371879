"""The layers of a trace as a table: plain cells, a web page's, and pandas'."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from cnn.network.errors import path_text
from cnn.network.shapes import shape_text

if TYPE_CHECKING:
    from pandas import DataFrame

    from cnn.network.trace import Row

HEAD = ("layer", "kind", "output", "params", "macs", "receptive_field", "formula")
NUMBERS = ("params", "trainable_params", "macs", "activation_bytes")


def cells(row: Row) -> list[str | int]:
    """One layer under `HEAD`."""
    return [
        row.name,
        row.kind,
        shape_text(row.output_shape),
        row.params,
        row.macs,
        shape_text(row.receptive_field.size),
        row.formula,
    ]


def frame(rows: Sequence[Row]) -> DataFrame:
    """A row for each layer; shapes are tuples, and a field is as high and as wide as it is."""
    from pandas import DataFrame

    columns = {
        "layer": [row.name for row in rows],
        "kind": [row.kind for row in rows],
        "path": [path_text(row.path) for row in rows],
        "input_shape": [row.input_shape for row in rows],
        "output_shape": [row.output_shape for row in rows],
        **{name: [getattr(row, name) for row in rows] for name in NUMBERS},
        "receptive_field": [row.receptive_field.size for row in rows],
        "formula": [row.formula for row in rows],
    }
    return DataFrame(columns)


def html(rows: Sequence[Row], title: str, below: str) -> str:
    """The table as a notebook shows it, layers in containers set in, with a line below it."""
    head = "".join(_cell(name.replace("_", " "), "th") for name in HEAD)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return (
        f"<div><strong>{escape(title)}</strong><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{escape(below)}</div>"
    )


def _cells(row: Row) -> str:
    name, *others = cells(row)
    set_in = f";padding-left:{0.6 + 1.2 * row.depth:.1f}em"
    return _cell(name, style=set_in) + "".join(map(_cell, others))


def _cell(value: str | int, tag: str = "td", style: str = "") -> str:
    words = f"{value:,}" if isinstance(value, int) else escape(value)
    side = "right" if isinstance(value, int) else "left"
    return f'<{tag} style="text-align:{side}{style}">{words}</{tag}>'
