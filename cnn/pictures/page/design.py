"""A design as a page: its picture, its layers as a table, and in full what is chosen of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.errors import path_text
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, Trace, trace
from cnn.pictures.network.diagram import diagram, hover_text
from cnn.pictures.network.slabs import size_text
from cnn.pictures.page.document import document
from cnn.pictures.page.parts import Part, app_folder, as_json, placed

LARGEST, SMALLEST = 1.15, 0.86
"""How much a picture grows with its page, and shrinks before it scrolls."""

_TO_DO = "Choose a layer, in the picture or in the table."
_SIZE = re.compile(r"(?<=\d)x(?=\d)")
_COLUMNS = (
    ("layer", "Layer", "", False),
    ("output", "Output", "Height × width × channels", True),
    ("params", "Parameters", "", True),
    ("macs", "MACs", "Multiply-accumulates for one image", True),
    ("sees", "Sees", "Input pixels that one cell sees", True),
)


def design_page(architecture: Architecture, folder: Path | None = None) -> bytes:
    """The page of a design without weights; `folder` is where the app keeps its components."""
    folder = folder or app_folder()
    traced = trace(architecture)
    lead = in_short(traced)
    parts = design_parts(traced, folder)
    page = document(architecture.name, lead, parts, entry="page/design.js", folder=folder)
    return page.encode()


def in_short(traced: Trace) -> str:
    """A network in a sentence: `Input 28×28×1, 5 layers deep, 61,706 parameters, ...`."""
    return (
        f"Input {size_text(traced.architecture.input)}, {traced.depth} layers deep, "
        f"{traced.params_text}, {traced.total_macs:,} multiply-accumulates for one image."
    )


def design_parts(traced: Trace, folder: Path) -> list[str]:
    """The picture, what is told of the layer that is chosen, and the table."""
    svg = {"svg": diagram(traced), "narrow": "", "largest": LARGEST, "smallest": SMALLEST}
    rows = {
        "label": f"The layers of {traced.architecture.name}",
        "columns": [_column(*one) for one in _COLUMNS],
        "rows": [_line(row) for row in traced.rows],
        "canChoose": False,
        "canOpen": False,
        "canPress": True,
        "nameStays": True,
        "current": [],
        "chosen": [],
    }
    facts = {path_text(row.path): facts_of(row) for row in traced.rows}
    picture = Part("picture", "picture/picture.html", ("picture/picture.css",), svg, {})
    table = Part("table", "table/table.html", ("table/table.css",), rows, {})
    return [
        placed(picture, folder),
        f'<div class="told" aria-live="polite">{_TO_DO}</div>',
        placed(table, folder),
        f'<script type="application/json" id="facts">{as_json(facts)}</script>',
    ]


def facts_of(row: Row) -> list[str]:
    """All that is said of a layer: sizes, how they come about, and what it costs."""
    said = hover_text(row).splitlines()
    said += [f"parameters: {row.param_formula}"] * bool(row.params)
    said += [f"MACs: {row.mac_formula}"] * bool(row.macs)
    return [_SIZE.sub("×", line) for line in said]


def _column(key: str, label: str, about: str, is_number: bool) -> dict[str, Any]:
    return {"key": key, "label": label, "help": about, "is_number": is_number, "is_minor": False}


def _line(row: Row) -> dict[str, Any]:
    indent = "\u00a0" * 3 * row.depth
    cells: dict[str, tuple[str, Any]] = {
        "layer": (f"{indent}{row.title}", None),
        "output": (shape_text(row.output_shape).replace("x", "×"), row.activation_bytes),
        "params": (f"{row.params:,}", row.params),
        "macs": (f"{row.macs:,}", row.macs),
        "sees": (size_text(row.receptive_field.size), row.receptive_field.size[0]),
    }
    return {
        "id": path_text(row.path),
        "title": row.title,
        "cells": {key: {"text": said, "sort": value} for key, (said, value) in cells.items()},
    }
