"""Reads the modules that a page begins by importing, before it does so itself."""

from __future__ import annotations

import ast
from itertools import takewhile

from ui.session.pages import PAGES

HOME = "home"


def read(page: str) -> None:
    """Reads what the first lines of a page import, up to the first that does something else. A name
    that no page has is none to be read.
    """
    for file in PAGES.glob("*.py"):
        if file.stem == (page or HOME):
            lines = ast.parse(file.read_bytes()).body
            head = takewhile(_is_import, lines[1:])  # the first is what the page says of itself
            exec(compile(ast.Module([*head], []), file, "exec"), {})


def _is_import(line: ast.stmt) -> bool:
    return isinstance(line, (ast.Import, ast.ImportFrom))
