"""The feature maps of a whole network in the browser, stepped through there; it tells a place."""

from __future__ import annotations

from typing import Any

from ui.components.component import component

_mount = component("explorer", state=("at",))


def explorer_view(
    parts: list[dict[str, Any]] | None, at: dict[str, Any], *, id: str, rev: str, key: str
) -> None:
    """Shows the maps that are known by `id`, which need not be sent where the browser has them.

    `rev` changes where the place `at` is not the browser's own.
    """
    _mount(key=key, data={"id": id, "parts": parts, "rev": rev, "at": at})
