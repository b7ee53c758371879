"""Telling runs apart in a legend: by their network, and by whatever else differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn.data import described
from cnn.training.recipe.run import Run

SAID = {
    "dataset": "on {}",
    "epochs": "{} epochs",
    "batch_size": "batch {}",
    "optimizer": "{}",
    "learning_rate": "rate {}",
    "schedule": "{}",
    "momentum": "momentum {}",
    "weight_decay": "decay {}",
    "label_smoothing": "smoothing {}",
    "patience": "patience {}",
    "steps": "{} steps",
    "seconds": "{} s",
    "shift": "shift {}",
    "rotation": "rotation {}",
    "zoom": "zoom {}",
    "seed": "seed {}",
    "continues": "{}",
}


def told_apart(runs: Sequence[Run]) -> list[str]:
    """A name for each run: its network's, and the settings in which runs differ."""
    settings = [_settings(run) for run in runs]
    differing = [name for name in SAID if len({one[name] for one in settings}) > 1]
    return [
        ", ".join([run.name, *(_said(name, one[name]) for name in differing)])
        for run, one in zip(runs, settings, strict=True)
    ]


def _said(name: str, value: Any) -> str:
    said = SAID[name].format(value)
    return said.removesuffix("s") if value == 1 and name in ("epochs", "steps") else said


def _settings(run: Run) -> dict[str, Any]:
    configuration = run.configuration
    values = {name: getattr(configuration, name) for name in SAID if name != "continues"}
    values = {
        name: f"{value:g}" if isinstance(value, float) else value for name, value in values.items()
    }
    return values | {
        "dataset": described(configuration.dataset),
        "batch_size": configuration.batch_size or "auto",
        "learning_rate": f"{configuration.peak_rate:g}",
        "continues": f"continues {run.continues}" if run.continues else "in one go",
    }
