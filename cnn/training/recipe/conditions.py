"""The settings of a training in words, as each declares them.

The report, a run's facts and the notes of a comparison say them from here. Data, length and seed
are said apart, as each of them is more than a setting, and a part of another with that.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cnn.numbers import exact
from cnn.training.recipe.configuration import AUTO, Configuration
from cnn.training.recipe.setting import Panel, settings_of


def terms(own: Configuration, batches: Collection[int] = ()) -> list[tuple[str, str]]:
    """Each setting by name that has an effect: those always said, as who trains elsewhere needs
    them, and every other that differs from its default.

    `batches` are the sizes that `auto` came to, where that is known.
    """
    found = {
        name: _term(name, own)
        for name, one in settings_of(type(own)).items()
        if not one.is_said_apart
        and one.has_effect(own)
        and (one.is_always_said or _differs(name, own))
    }
    if batches and own.batch_size is None:
        came_to = " or ".join(map(str, sorted(batches)))
        found["batch_size"] = found["batch_size"][0], f"{came_to} ({AUTO})"
    return list(found.values())


def changed(own: Configuration, panels: Collection[Panel] = tuple(Panel)) -> list[str]:
    """The settings that have an effect and differ from their defaults, a phrase each: `label
    smoothing 0.1`; those of some panels alone where others are said otherwise.
    """
    return [
        phrase(name, own)
        for name, one in settings_of(type(own)).items()
        if one.panel in panels
        and not one.is_said_apart
        and one.has_effect(own)
        and _differs(name, own)
    ]


def phrase(name: str, own: Configuration) -> str:
    """One setting in words: `label smoothing 0.1`."""
    title, said = _term(name, own)
    return f"{title[0].lower()}{title[1:]} {said}"


def short(name: str, own: Configuration) -> str:
    """One setting in the fewest words: `smoothing 0.1`."""
    one = settings_of(type(own))[name]
    return one.short(own) if one.short else f"{one.label.lower()} {_text(getattr(own, name))}"


def in_short(own: Configuration) -> list[str]:
    """The settings in view that are always said and known, in the fewest words."""
    known = {name for name, value in own.in_use().items() if value is not None}
    return [
        short(name, own)
        for name, one in settings_of(type(own)).items()
        if one.panel is Panel.IN_VIEW and one.is_always_said and name in known
    ]


def _differs(name: str, own: Configuration) -> bool:
    return bool(getattr(own, name) != getattr(type(own)(), name))


def _term(name: str, own: Configuration) -> tuple[str, str]:
    one = settings_of(type(own))[name]
    said = one.said(own) if one.said else _text(getattr(own, name))
    return one.title or one.label, said


def _text(value: Any) -> str:
    return exact(value) if isinstance(value, float) else str(value)
