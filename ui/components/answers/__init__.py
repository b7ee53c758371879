"""The answers of networks to one image, a card for each, whose bars move when the shares do."""

from __future__ import annotations

from typing import Any

from ui.components.component import component

_mount = component("answers", html='<section class="answers"></section>')


def answer_cards(cards: list[dict[str, Any]], *, answered: int, label: str, key: str) -> None:
    """Shows the cards; `answered` is the number of the drawing that they answer."""
    _mount(key=key, data={"answers": cards, "answered": answered, "label": label})
