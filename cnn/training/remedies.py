"""Changed networks and settings that may do better: what a finding proposes to train."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnn.network.architecture import Architecture, walk
from cnn.network.errors import ArchitectureError
from cnn.network.layers import (
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    Layers,
    Residual,
    SeparableConv2D,
)
from cnn.network.trace import trace
from cnn.training.configuration import Configuration, ConfigurationError, Optimizer
from cnn.training.findings import Retry
from cnn.training.limits import check_size
from cnn.training.run import Run

MOST_EPOCHS = 1_000
DROPPED = 0.4
DECAY = 0.01
SLOPED = "leaky_relu"


def usual_rate(configuration: Configuration) -> float:
    """The rate that the optimizer and the schedule would have had by themselves."""
    return replace(configuration, learning_rate=None).peak_rate


def lower_rate(run: Run) -> Retry:
    """The usual rate where it was far above it, else a third."""
    usual, peak = usual_rate(run.configuration), run.configuration.peak_rate
    rate = usual if peak >= 3 * usual else float(f"{peak / 3:.2g}")
    return _with(run, f"Train with rate {rate:g}", learning_rate=rate)


def higher_rate(run: Run) -> Retry:
    """The usual rate where it was below it, else three times as much."""
    usual, peak = usual_rate(run.configuration), run.configuration.peak_rate
    rate = usual if peak < usual else min(float(f"{peak * 3:.2g}"), 10.0)
    return _with(run, f"Train with rate {rate:g}", learning_rate=rate)


def more_epochs(run: Run, wanted: int | None = None) -> Retry | None:
    """Twice the epochs, or as many as are wanted; None where there can be no more, or where a
    budget in steps or seconds decides.
    """
    if run.configuration.has_budget:
        return None
    now = run.configuration.epochs
    epochs = min(max(wanted or 2 * now, now), MOST_EPOCHS)
    return _with(run, f"Train {epochs:,} epochs", epochs=epochs) if epochs > now else None


def without_decay(run: Run) -> Retry:
    return _with(run, "Train without weight decay", weight_decay=0.0)


def usual_settings(run: Run) -> Retry | None:
    """The defaults of the app; None where they are what was trained."""
    now = run.configuration
    usual = Configuration(
        now.dataset, epochs=10 if now.has_budget else max(now.epochs, 10), seed=now.seed
    )
    return None if usual == now else Retry("Train with usual settings", run.architecture, usual)


def regularized(run: Run) -> Retry:
    """Dropout before the last dense layer; where there is dropout already, weight decay."""
    layers = run.architecture.layers
    has_dropout = any(isinstance(layer, Dropout) for _, layer in walk(layers))
    head = next((i for i in reversed(range(len(layers))) if isinstance(layers[i], Dense)), None)
    if head is not None and not has_dropout:
        changed = (*layers[:head], Dropout(DROPPED), *layers[head:])
        return Retry(
            f"Train with dropout {DROPPED:g}",
            replace(run.architecture, layers=changed),
            run.configuration,
        )
    decay = max(DECAY, min(3 * run.configuration.weight_decay, 1.0))
    return _with(
        run, f"Train with weight decay {decay:g}", optimizer=Optimizer.ADAMW, weight_decay=decay
    )


def wider(run: Run) -> Retry | None:
    """Twice the filters and units, the last layer apart; None where that cannot be trained."""
    layers = run.architecture.layers
    head = next((i for i in reversed(range(len(layers))) if isinstance(layers[i], Dense)), None)
    changed = [
        layer if place == head else _changed(layer, _doubled) for place, layer in enumerate(layers)
    ]
    try:
        network = replace(run.architecture, layers=tuple(changed))
        if network.layers == layers or trace(network).output_shape != _output(run.architecture):
            return None
        check_size(network)
    except (ArchitectureError, ConfigurationError):
        return None
    return Retry("Train twice as wide", network, run.configuration)


def sloped(run: Run) -> Retry:
    """Leaky ReLU in place of ReLU: a unit that is silent still has a slope to come back on."""
    layers = tuple(_changed(layer, _leaky) for layer in run.architecture.layers)
    return Retry(
        "Train with leaky ReLU", replace(run.architecture, layers=layers), run.configuration
    )


def _with(run: Run, label: str, **settings: Any) -> Retry:
    return Retry(label, run.architecture, replace(run.configuration, **settings))


def _output(architecture: Architecture) -> Any:
    return trace(architecture).output_shape


def _doubled(layer: Layer) -> Layer:
    if isinstance(layer, (Conv2D, SeparableConv2D)):
        return replace(layer, filters=2 * layer.filters)
    return replace(layer, units=2 * layer.units) if isinstance(layer, Dense) else layer


def _leaky(layer: Layer) -> Layer:
    name = getattr(layer, "activation", None)
    return replace(layer, activation=SLOPED) if name in ("relu", "relu6") else layer


def _changed(layer: Layer, change: Any) -> Layer:
    """The layer and all it holds, changed."""
    if isinstance(layer, Residual):
        layer = replace(layer, body=_all(layer.body, change), shortcut=_all(layer.shortcut, change))
    elif isinstance(layer, Branches):
        layer = replace(layer, branches=tuple(_all(one, change) for one in layer.branches))
    changed: Layer = change(layer)
    return changed


def _all(layers: Layers, change: Any) -> Layers:
    return tuple(_changed(layer, change) for layer in layers)
