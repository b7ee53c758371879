"""Telling runs apart in a legend: by their network, and by whatever else differs between them."""

from __future__ import annotations

from collections.abc import Sequence

from cnn.data import described
from cnn.training.recipe.conditions import short
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run
from cnn.training.recipe.setting import Panel, settings_of
from cnn.training.recipe.start import Start


def told_apart(runs: Sequence[Run]) -> list[str]:
    """A name for each run: its network's, and the settings in which runs differ."""
    said = [_said(run) for run in runs]
    names = dict.fromkeys(name for one in said for name in one)
    differing = [name for name in names if _tells_apart(name, [one.get(name) for one in said])]
    return [
        ", ".join([run.name, *(one[name] for name in differing if name in one)])
        for run, one in zip(runs, said, strict=True)
    ]


def _tells_apart(name: str, said: Sequence[str | None]) -> bool:
    """Whether runs differ in it. That it has no effect in some is told by what takes its effect; a
    length that only some have is told.
    """
    one = settings_of(Configuration).get(name)
    found = set(said) if one and one.is_said_apart else set(said) - {None}
    return len(found) > 1


def _said(run: Run) -> dict[str, str]:
    """All that a run may differ in, each in the fewest words; the seed stands last."""
    own = run.configuration
    settings = {
        name: short(name, own)
        for name, one in settings_of(type(own)).items()
        if one.has_effect(own) and (one.panel is not Panel.BUDGET or getattr(own, name))
    }
    seed = settings.pop("seed")
    return {
        "dataset": f"on {described(own.dataset)}",
        **settings,
        "seed": seed,
        "continues": f"continues {run.continues}" if run.continues else "in one go",
        "start": _begun(own.start),
    }


def _begun(start: Start | None) -> str:
    """What a training began with, and what of it stayed, in the fewest words."""
    if start is None:
        return "new weights"
    said = [f"from {start.origin}"]
    said += [f"{start.freeze} frozen"] * bool(start.freeze)
    said += [f"head first {start.head_first}"] * bool(start.head_first)
    return ", ".join(said)
