"""The version of this program, which it notes with every run that it writes, and how it and what
it can use besides are installed.
"""

from __future__ import annotations

import re
from pathlib import Path

VERSION = "0.1.0"

IS_CHECKOUT = (Path(__file__).parents[1] / "requirements.txt").is_file()
"""Whether it runs from its own folder, where all it needs is pinned."""
IN_A_CHECKOUT = "  # in a folder of CNN Workbench"
"""The package is in no index: it is installed from its folder alone."""


def is_later(version: str) -> bool:
    """Whether a version comes after this one; what is no version does not."""
    return _numbers(version) > _numbers(VERSION)


def installing(extra: str = "") -> str:
    """The command that installs what this program needs, and one of its extras."""
    if IS_CHECKOUT:
        more = f" -r requirements-{extra}.txt" if extra else ""
        return f"pip install -r requirements.txt{more}"
    return f'pip install ".[{extra}]"{IN_A_CHECKOUT}' if extra else f"pip install .{IN_A_CHECKOUT}"


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d{1,9}(\.\d{1,9})*", version)
    return tuple(map(int, found[0].split("."))) if found else ()
