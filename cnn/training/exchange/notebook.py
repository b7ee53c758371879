"""A script whose cells are marked, as a notebook: the JSON of nbformat 4.5, written by itself."""

from __future__ import annotations

import ast
import hashlib
import json
from typing import Any

from cnn.training.exchange.standalone import CELL

_ONLY_IN_SCRIPTS = {
    "os.path.dirname(os.path.abspath(__file__))": "os.getcwd()",
    "sys.argv[1] if sys.argv[1:] else ": "",
}
"""A notebook has no file of its own, and is given no words."""


def notebook(script: str) -> str:
    """The notebook: what the script says of itself first, then a cell for each of its parts."""
    whole = ast.parse(script)
    said = ast.get_docstring(whole) or ""
    code = "\n".join(script.splitlines()[whole.body[0].end_lineno if said else 0 :])
    for of_script, here in _ONLY_IN_SCRIPTS.items():
        code = code.replace(of_script, here)
    first, *others = f"\n{code}".split(f"\n{CELL}")
    cells = [_cell("markdown", said, 0), _cell("code", first.strip("\n"), 1)]
    for text in others:
        title, _, lines = text.partition("\n")
        cells.append(_cell("markdown", f"## {title}", len(cells)))
        cells.append(_cell("code", lines.strip("\n"), len(cells)))
    python = {"name": "python3", "display_name": "Python 3", "language": "python"}
    values = {
        "cells": cells,
        "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(values, indent=1) + "\n"


def _cell(kind: str, text: str, place: int) -> dict[str, Any]:
    name = hashlib.sha256(f"{place} {text}".encode()).hexdigest()[:12]
    cell = {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(True)}
    return cell if kind == "markdown" else cell | {"execution_count": None, "outputs": []}
