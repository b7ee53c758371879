"""The version of this program, which it notes with every run that it writes."""

from __future__ import annotations

import re

VERSION = "0.1.0"


def is_later(version: str) -> bool:
    """Whether a version comes after this one; what is no version does not."""
    return _numbers(version) > _numbers(VERSION)


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d{1,9}(\.\d{1,9})*", version)
    return tuple(map(int, found[0].split("."))) if found else ()
