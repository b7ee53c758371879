"""What each augmentation costs on this machine: measured by its worker, and kept in its folder.

The time of a step is taken to be a sum: something for itself, and something for each value of its
images. Two sizes of images are timed, in one compiled function as in a training. Nothing is said of
what was not measured.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from cnn.network.shapes import MapShape
from cnn.settings import home, private_folder, write_private
from cnn.training.forecast.calibration import QUIET, Clock, Others, machine
from cnn.training.recipe.augmentations import AUGMENTATIONS, WARPS, chosen
from cnn.training.recipe.configuration import Configuration

FILE = "augmentation_cost.json"
BATCH, SHAPES = 64, ((16, 16, 3), (32, 32, 3))
MOST_ROUNDS = 3
"""So often it is measured at most, if others were at work each time: once by each worker."""

IDLE_S = 60.0
"""Measuring begins this long after a worker has nothing else to do: compiling takes seconds."""

PROBE_S, AT_ONCE = 0.3, 4
MOVED = "moved"
"""Shift, rotation and zoom, which are one operation, whichever of them are chosen."""

Times = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one augmentation adds to a step: for itself, and for each value of all its images."""

    step_s: float
    value_s: float

    def seconds(self, values: int) -> float:
        return self.step_s + self.value_s * values


def load() -> dict[str, Cost]:
    """The costs on this machine, by augmentation; none of what was not measured."""
    return {name: _cost(times) for name, times in _times(_kept()).items()}


def of_step(own: Configuration, values: int, costs: Mapping[str, Cost]) -> dict[str, float | None]:
    """The seconds that each chosen augmentation adds to a step; None where it is not measured."""
    names = [MOVED] * any(getattr(own, name) for name in WARPS) + list(chosen(own))
    return {
        name: _times_of(name, own) * costs[name].seconds(values) if name in costs else None
        for name in names
    }


def unmeasured(own: Configuration, costs: Mapping[str, Cost]) -> set[str]:
    """The chosen augmentations of which nothing is known here."""
    return {name for name, found in of_step(own, 0, costs).items() if found is None}


def until_quiet() -> Iterator[None]:
    """Measures what is still to be measured, a few seconds' work from one yield to the next.

    For a process that has TensorFlow already. Others at work make times longer and none shorter, so
    the next worker measures again, and the shortest counts.
    """
    kept = _kept()
    before = _times(kept)
    rounds = kept.get("rounds")
    done = rounds if isinstance(rounds, int) and set(before) == set(_examples()) else 0
    if done and (kept.get("was_quiet") is True or done >= MOST_ROUNDS):
        return
    due = time.monotonic() + IDLE_S
    while time.monotonic() < due:
        yield
    timed: Times = {}
    shares = []
    for name, own in _examples().items():
        took = []
        for shape in SHAPES:
            yield
            others = Others()
            took.append(_timed(own, shape))
            shares.append(others.share())
        timed[name] = took[0], took[1]
    shortest = {
        name: (min(now[0], then[0]), min(now[1], then[1]))
        for name, now in timed.items()
        for then in [before.get(name, now)]
    }
    _save(shortest, rounds=done + 1, was_quiet=max(shares) < QUIET)


def _examples() -> dict[str, Configuration]:
    plain = Configuration()
    own = {name: replace(plain, **{name: one.example}) for name, one in AUGMENTATIONS.items()}
    return {MOVED: replace(plain, shift=0.1, rotation=10.0, zoom=0.1)} | own


def _times_of(name: str, own: Configuration) -> int:
    return 1 if name == MOVED else AUGMENTATIONS[name].times(own)


def _cost(times: Sequence[float]) -> Cost:
    small, large = (BATCH * prod(shape) for shape in SHAPES)
    value_s = max((times[1] - times[0]) / (large - small), 0.0)
    return Cost(max(times[0] - value_s * small, 0.0), value_s)


def _timed(own: Configuration, shape: MapShape) -> float:
    """The usual time of a step of images, once it is compiled."""
    from cnn.training.engine.augmenting.layers import Augmenting
    from cnn.training.engine.tensorflow import compiling, import_tensorflow

    tf = import_tensorflow()
    augmenting = Augmenting(tf, own, shape)
    rng = np.random.default_rng(0)
    images = tf.constant(rng.random((BATCH, *shape), np.float32))
    labels = tf.constant(np.eye(10, dtype=np.float32)[rng.integers(0, 10, BATCH)])

    @tf.function(  # type: ignore[untyped-decorator]
        input_signature=[
            tf.TensorSpec([None, *shape]), tf.TensorSpec([None, 10]), tf.TensorSpec([], tf.int32)
        ]
    )  # fmt: skip
    def steps(images: Any, labels: Any, first: Any) -> Any:
        total = tf.zeros([])
        for step in tf.range(AT_ONCE):
            changed, targets = augmenting(images, labels, first + step)
            total += tf.reduce_sum(changed) + tf.reduce_sum(targets)
        return total

    with compiling:
        steps(images, labels, tf.constant(0))
    has_graphics = bool(tf.config.list_physical_devices("GPU"))
    took: list[float] = []
    began = time.perf_counter()
    while len(took) < 3 or (time.perf_counter() - began < PROBE_S and len(took) < 50):
        clock = Clock(has_graphics)
        float(steps(images, labels, tf.constant(len(took))))
        took.append(clock.took_s() / AT_ONCE)
    return float(np.quantile(took, 0.25))  # others may be at work on this machine too


def _kept() -> dict[str, Any]:
    try:
        kept = json.loads((home() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and kept.get("machine") == machine() else {}


def _times(kept: Mapping[str, Any]) -> Times:
    """Those of a file that can be used."""
    found: Times = {}
    times = kept.get("times")
    if not isinstance(times, dict):
        return {}
    for name in _examples():
        with suppress(KeyError, TypeError, ValueError):
            small, large = times[name]
            if all(0 < float(one) < 1e6 for one in (small, large)):
                found[name] = float(small), float(large)
    return found


def _save(times: Times, **how: Any) -> None:
    """A folder that cannot be written to is no reason to fail."""
    with suppress(OSError):
        private_folder(home())
        write_private(home() / FILE, json.dumps({"machine": machine(), "times": times} | how))
