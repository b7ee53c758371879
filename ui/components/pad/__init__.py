"""The pad one draws on. What it sends is unchecked: whoever shows it reads it with distrust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ui.components.component import component

_mount = component("pad", state=("drawn", "file", "seen"))


def digit_pad(
    *,
    answered: int,
    brought: dict[str, str] | None,
    trouble: str,
    on_drawn: Callable[[], None],
    on_file: Callable[[], None],
    key: str,
) -> None:
    """Shows the pad, with a picture that was `brought` to it: its id and its bytes in base64.

    `answered` is the number of the last drawing that was answered, `trouble` the id of the last
    failure. The session holds what it tells: `drawn` and `file`, of which the two functions hear.
    """
    data: dict[str, Any] = {"answered": answered, "brought": brought, "trouble": trouble}
    _mount(key=key, data=data, drawn=on_drawn, file=on_file)
