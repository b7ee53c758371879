"""The terminal for our own words alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def printable(text: str) -> str:
    """A foreign text in one line, without what a terminal would take for an order."""
    return "".join(one if one.isprintable() else " " for one in text)


@contextmanager
def quiet() -> Iterator[TextIO]:
    """Standard error to write to, while what TensorFlow writes to it past Python is lost."""
    sys.stderr.flush()
    with os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace") as terminal:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        try:
            yield terminal
        finally:
            terminal.flush()
            os.dup2(terminal.fileno(), 2)
