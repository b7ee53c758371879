"""What people call things, as it may be kept and shown: only what can be seen.

A name with signs that nobody sees looks like another one, and signs that turn the direction of
writing make a line say what it does not. Both are left out where a name comes in, and once more
where one is read that an earlier version kept.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What Unicode calls ignorable, and directions; what is blank though it counts as a letter."""

_JOINTS = re.compile("[\u200c\u200d\ufe00-\ufe0f]+")
_JOINED_FROM = "\u0600"
"""Scripts from Arabic on, and pictures, are written with joints between two signs."""


def visible(text: str) -> str:
    """The text without what cannot be seen in it; a joint stays where writing needs it."""
    seen = _UNSEEN.sub("", text)

    def needed(joint: re.Match[str]) -> str:
        before, after = seen[: joint.start()][-1:], seen[joint.end() :][:1]
        if before < _JOINED_FROM:
            return ""
        look = next((one for one in joint[0] if one >= "\ufe00"), "")
        glue = next((one for one in joint[0] if one < "\ufe00"), "")
        return look + (glue if after >= _JOINED_FROM else "")

    return _JOINTS.sub(needed, seen)


_ORDERS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula where a cell begins with it."""


def in_spreadsheet(cell: str) -> str:
    """A cell that a spreadsheet takes for text."""
    text = " ".join(visible(cell).replace("\u202f", " ").split())
    return f"'{text}" if text.startswith(_ORDERS) else text
