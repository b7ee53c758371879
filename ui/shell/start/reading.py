"""Reads the modules that a page begins by importing, before it does so itself."""

from __future__ import annotations

import ast
from itertools import takewhile

from ui.session.modules import one_at_a_time
from ui.session.pages import PAGES

HOME = "home"
_read: set[str] = set()


def read(page: str) -> None:
    """Reads what the first lines of a page import, up to the first that does something else. A name
    that no page has is none to be read.
    """
    if page in _read:
        return
    for file in PAGES.glob("*.py"):
        if file.stem == (page or HOME):
            lines = ast.parse(file.read_bytes()).body
            head = takewhile(_is_import, lines[1:])  # the first is what the page says of itself
            with one_at_a_time:
                exec(compile(ast.Module([*head], []), file, "exec"), {})
            _read.add(page)


def _is_import(line: ast.stmt) -> bool:
    return isinstance(line, (ast.Import, ast.ImportFrom))
