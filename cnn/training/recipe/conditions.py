"""The settings of a training in words, one phrase for each field of a configuration.

The report, a run's facts and the notes of a comparison say them from here. Data, length and seed
are said apart, as each of them is more than a setting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields

from cnn.training.recipe.configuration import SMALL_DATA, Configuration, Optimizer

APART = ("dataset", "epochs", "steps", "seconds", "seed")
"""Fields that have a place of their own wherever conditions are said."""

USUAL = (
    *("batch_size", "optimizer", "learning_rate", "schedule"),
    *("momentum", "weight_decay", "label_smoothing"),
)
"""Said even where they are as usual: who trains elsewhere needs them, and defaults differ there."""

AUTO = f"auto: 16 below {SMALL_DATA:,} training images, else 64"

Said = tuple[str, Callable[[Configuration], str]]

SAID: dict[str, Said] = {
    "batch_size": ("Batch size", lambda own: str(own.batch_size or AUTO)),
    "optimizer": ("Optimizer", lambda own: own.optimizer.value),
    "learning_rate": ("Learning rate", lambda own: f"{own.peak_rate:g}"),
    "schedule": ("Schedule", lambda own: own.schedule.value),
    "momentum": ("Momentum", lambda own: f"{own.momentum:g} (of SGD)"),
    "weight_decay": ("Weight decay", lambda own: f"{own.weight_decay:g}"),
    "label_smoothing": ("Label smoothing", lambda own: f"{own.label_smoothing:g}"),
    "patience": (
        "Ends early",
        lambda own: (
            f"after {own.patience} epoch{'s' * (own.patience > 1)} without a lower validation loss"
        ),
    ),
    "shift": ("Images shifted", lambda own: f"by up to {100 * own.shift:g} % of their size"),
    "rotation": ("Images turned", lambda own: f"by up to {own.rotation:g}°"),
    "zoom": ("Images zoomed", lambda own: f"by up to {100 * own.zoom:g} %"),
}


def terms(own: Configuration, batches: Collection[int] = ()) -> list[tuple[str, str]]:
    """Each setting by name that has an effect: the usual ones, and every other that differs from
    its default.

    `batches` are the sizes that `auto` came to, where that is known.
    """
    usual = Configuration()
    found = {
        one.name: _term(one.name, own)
        for one in fields(Configuration)
        if one.name not in APART
        and _has_effect(one.name, own)
        and (one.name in USUAL or getattr(own, one.name) != getattr(usual, one.name))
    }
    if batches and own.batch_size is None:
        came_to = " or ".join(map(str, sorted(batches)))
        found["batch_size"] = found["batch_size"][0], f"{came_to} ({AUTO})"
    return list(found.values())


def changed(own: Configuration, without: Collection[str] = ()) -> list[str]:
    """The settings that have an effect and differ from their defaults, a phrase each: `label
    smoothing 0.1`; those `without` which a caller says in its own way.
    """
    usual = Configuration()
    return [
        phrase(one.name, own)
        for one in fields(Configuration)
        if one.name not in (*APART, *without)
        and _has_effect(one.name, own)
        and getattr(own, one.name) != getattr(usual, one.name)
    ]


def phrase(name: str, own: Configuration) -> str:
    """One setting in words: `label smoothing 0.1`."""
    title, said = _term(name, own)
    return f"{title[0].lower()}{title[1:]} {said}"


def _has_effect(name: str, own: Configuration) -> bool:
    return name != "momentum" or own.optimizer is Optimizer.SGD


def _term(name: str, own: Configuration) -> tuple[str, str]:
    """A field without words of its own is said all the same, by its name and value."""
    if name not in SAID:
        return name.replace("_", " ").capitalize(), str(getattr(own, name))
    title, words = SAID[name]
    return title, words(own)
