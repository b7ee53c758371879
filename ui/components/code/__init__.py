"""Code that knows its layers: a line explains its layer when pointed at, and chooses it by a click.

The browser colours and explains by itself; only a choice comes back.
"""

from __future__ import annotations

from typing import Any

from cnn.network.errors import path_text
from cnn.network.scripts.code import Code
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, Trace, params_text
from ui.components.component import component, read_path
from ui.session.words import pretty

_mount = component("code", state=("picked",))


def code_view(code: Code, trace: Trace, *, label: str, selected: str = "", key: str) -> str | None:
    """Shows code that was written of a trace; returns the path of a layer just chosen in it."""
    data = {
        "label": label,
        "lines": [[line.text, path_text(line.path) if line.path else ""] for line in code.lines],
        "layers": {path_text(row.path): _said(row, trace) for row in trace.rows},
        "selected": selected,
    }
    return read_path(_mount(key=key, data=data).picked)


def _said(row: Row, trace: Trace) -> dict[str, Any]:
    """A layer in a few words; a block's parameters are those of all it holds."""
    inside = trace.within(row.path)
    params = params_text(
        sum(one.params for one in inside), sum(one.trainable_params for one in inside)
    )
    shapes = f"{shape_text(row.input_shape)} -> {shape_text(row.output_shape)}"
    return {
        "title": row.title,
        "numbers": f"{pretty(shapes)} · {params}",
        "purpose": row.layer.purpose,
    }
