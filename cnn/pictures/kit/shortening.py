"""Names that others chose, where a picture has little room for them."""

from __future__ import annotations


def shortened(name: str, longest: int) -> str:
    """The name, or as much of it as fits before an ellipsis."""
    return name if len(name) <= longest else f"{name[: max(longest - 1, 1)]}…"
