"""Changed networks and settings that may do better: what a finding proposes to train."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from cnn.diagnose.findings import Retry
from cnn.network.architecture import walk
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Dense, Dropout, Layer, changed, rules
from cnn.network.trace import trace
from cnn.numbers import exact, number
from cnn.training.forecast.limits import check_size
from cnn.training.recipe.configuration import (
    MOST_EPOCHS,
    MOST_SECONDS,
    MOST_STEPS,
    Configuration,
    ConfigurationError,
    Optimizer,
    calm_rate,
)
from cnn.training.recipe.run import Run

DROPPED = 0.4
DECAY = 0.01
PATIENCE = 3
SHIFT, ROTATION, ZOOM = 0.1, 10.0, 0.1  # what leaves a digit the same digit
SLOPED = "leaky_relu"


def usual_rate(configuration: Configuration) -> float:
    """The rate that the optimizer and the schedule would have had by themselves."""
    return replace(configuration, learning_rate=None).peak_rate


def lower_rate(run: Run) -> Retry:
    """The usual rate where it was far above it, else a third."""
    usual, peak = usual_rate(run.configuration), run.configuration.peak_rate
    rate = usual if peak >= 3 * usual else float(f"{peak / 3:.2g}")
    return _with(run, f"Train with rate {number(rate)}", learning_rate=rate)


def calmer(run: Run) -> Retry | None:
    """A rate that can be kept up; None where it is as low already."""
    rate = calm_rate(run.configuration.optimizer)
    if run.configuration.peak_rate <= rate:
        return None
    return _with(run, f"Train with rate {number(rate)}", learning_rate=rate)


def higher_rate(run: Run) -> Retry:
    """The usual rate where it was below it, else three times as much."""
    usual, peak = usual_rate(run.configuration), run.configuration.peak_rate
    rate = usual if peak < usual else min(float(f"{peak * 3:.2g}"), 10.0)
    return _with(run, f"Train with rate {number(rate)}", learning_rate=rate)


def longer(run: Run, wanted: int | None = None) -> Retry:
    """Twice as long, or as many epochs as wanted; at the most there can be, another seed."""
    now = run.configuration
    times = max(math.ceil(wanted / now.epochs), 2) if wanted else 2
    if now.steps and now.steps < MOST_STEPS:
        steps, most = min(times * now.steps, MOST_STEPS), min(times * now.epochs, MOST_EPOCHS)
        return _with(run, f"Train {steps:,} steps", steps=steps, epochs=most)
    if now.seconds and now.seconds < MOST_SECONDS:
        seconds = min(times * now.seconds, MOST_SECONDS)
        return _with(run, f"Train for {exact(seconds)} s", seconds=seconds)
    epochs = min(max(wanted or 2 * now.epochs, now.epochs), MOST_EPOCHS)
    if now.has_budget or epochs == now.epochs:
        return another_seed(run)
    return _with(run, f"Train {epochs:,} epochs", epochs=epochs)


def another_seed(run: Run) -> Retry:
    """The same again from other weights and in another order."""
    seed = (run.configuration.seed + 1) % 2**31
    return _with(run, f"Train with seed {seed}", seed=seed)


def more_patient(run: Run) -> Retry:
    """Twice the patience: what was stopped early would be stopped again, however many epochs."""
    patience = min(2 * run.configuration.patience, 1_000)
    return _with(run, f"Train with patience {patience}", patience=patience)


def stopped_early(run: Run) -> Retry:
    """The same with an eye on the validation loss: the best weights are kept."""
    return _with(run, "Train with early stopping", patience=PATIENCE)


def without_decay(run: Run) -> Retry:
    return _with(run, "Train without weight decay", weight_decay=0.0)


def without_augmentation(run: Run) -> Retry:
    words = "Train without augmentation"
    return Retry(words, run.architecture, run.configuration.without_augmentation)


def usual_settings(run: Run) -> Retry | None:
    """The defaults of the app; None where they are what was trained."""
    now = run.configuration
    usual = Configuration(
        now.dataset, epochs=10 if now.has_budget else max(now.epochs, 10), seed=now.seed
    )
    return None if usual == now else Retry("Train with usual settings", run.architecture, usual)


def regularized(run: Run) -> Retry:
    """Dropout before the last dense layer, else augmented images, else (more) weight decay."""
    layers = run.architecture.layers
    has_dropout = any(isinstance(layer, Dropout) for _, layer in walk(layers))
    head = next((i for i in reversed(range(len(layers))) if isinstance(layers[i], Dense)), None)
    if head is not None and not has_dropout:
        dropping = (*layers[:head], Dropout(DROPPED), *layers[head:])
        return Retry(
            f"Train with dropout {exact(DROPPED)}",
            replace(run.architecture, layers=dropping),
            run.configuration,
        )
    if not run.configuration.is_augmented:
        return _with(run, "Train with augmentation", shift=SHIFT, rotation=ROTATION, zoom=ZOOM)
    decay = max(DECAY, min(3 * run.configuration.weight_decay, 1.0))
    words = f"Train with weight decay {number(decay)}"
    return _with(run, words, optimizer=Optimizer.ADAMW, weight_decay=decay)


def wider(run: Run) -> Retry | None:
    """Twice the filters and units, the last layer apart; None where that cannot be trained."""
    layers = run.architecture.layers
    head = next((i for i in reversed(range(len(layers))) if isinstance(layers[i], Dense)), None)
    widened = [
        layer if place == head else changed(layer, _doubled) for place, layer in enumerate(layers)
    ]
    was = trace(run.architecture).output_shape
    try:
        network = replace(run.architecture, layers=tuple(widened))
        if network.layers == layers or trace(network).output_shape != was:
            return None
        check_size(network)
    except (ArchitectureError, ConfigurationError):
        return None
    return Retry("Train twice as wide", network, run.configuration)


def sloped(run: Run) -> Retry:
    """Leaky ReLU in place of ReLU: a unit that is silent still has a slope to come back on."""
    layers = tuple(changed(layer, _leaky) for layer in run.architecture.layers)
    return Retry(
        "Train with leaky ReLU", replace(run.architecture, layers=layers), run.configuration
    )


def _with(run: Run, label: str, **settings: Any) -> Retry:
    return Retry(label, run.architecture, replace(run.configuration, **settings))


def _doubled(layer: Layer) -> Layer:
    width = rules(type(layer)).keys() & {"filters", "units"}
    return replace(layer, **{name: 2 * getattr(layer, name) for name in width})


def _leaky(layer: Layer) -> Layer:
    return replace(layer, activation=SLOPED) if layer.activation in ("relu", "relu6") else layer
