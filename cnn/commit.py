"""The commit of the program, where it runs from its own repository."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

HERE = Path(__file__).parents[1]
TIMEOUT_S = 5


@cache
def commit() -> str:
    """The commit, and that files differ from it where they do; nothing where it is unknown."""
    if _git("rev-parse", "--show-toplevel") != str(HERE.resolve()):
        return ""
    found = _git("rev-parse", "HEAD")
    return f"{found} (changed since)" if found and _git("status", "--porcelain", "cnn") else found


def _git(*words: str) -> str:
    try:
        asked = ["git", "-C", str(HERE), *words]
        told = subprocess.run(asked, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()
