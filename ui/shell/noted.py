"""Answers the editor of a stack what stands beside its layers: an edit is seen there before the
page has drawn the rest of it.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from cnn.network import feed
from cnn.network.errors import ArchitectureError
from ui.components.editor import notes_of
from ui.components.editor.value import read_value
from ui.session.design import Design, traced
from ui.shell.changing import changing, refused
from ui.shell.rate import Rate

EDITS = Rate(200, 0.05)
"""How often a session may ask; its editor asks once for each edit."""


def _noted(_session: str, asked: dict[str, Any]) -> Response:
    value = read_value({key: asked.get(key) for key in ("rev", "edit", "layers")})
    if value is None:
        return refused(400, "What was sent is no stack of layers.")
    pixels = asked.get("pixels")
    try:
        fed = feed.read(pixels) if pixels else None
        shape: Any = asked.get("input")  # the architecture looks at it
        trace = traced(Design("stack", shape, value.layers, feed=fed))
    except ArchitectureError as error:
        return refused(400, f"{str(error)[:1].upper()}{str(error)[1:]}")
    notes = {path: note.to_dict() for path, note in notes_of(trace).items()}
    return JSONResponse({"edit": value.edit, "notes": notes})


noted = changing(_noted, EDITS)
