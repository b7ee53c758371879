"""What each augmentation costs on this machine: measured by its worker, and kept in its folder.

The time of a step is taken to be a sum: something for itself, and something for each value of its
images. Two sizes of images are timed, in one compiled function as in a training, and how long that
takes to compile. Nothing is said of what was not measured.
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

Times = dict[str, tuple[float, float, float]]
"""The seconds of a step of smaller and of larger images, and those it takes to compile."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one augmentation adds to a step: for itself, and for each value of all its images; and
    what it takes before the first one.
    """

    step_s: float
    value_s: float
    compile_s: float = 0.0

    def seconds(self, values: int) -> float:
        return self.step_s + self.value_s * values


def load() -> dict[str, Cost]:
    """The costs on this machine, by augmentation; none of what was not measured."""
    return {name: _cost(times) for name, times in _times(_kept()).items()}


def of_step(own: Configuration, values: int, costs: Mapping[str, Cost]) -> dict[str, float | None]:
    """The seconds that each chosen augmentation adds to a step; None where it is not measured."""
    return {
        name: _times_of(name, own) * costs[name].seconds(values) if name in costs else None
        for name in _chosen(own)
    }


def compiling_s(own: Configuration, costs: Mapping[str, Cost]) -> float:
    """How long it takes to compile the chosen augmentations, as far as it is measured."""
    known = [name for name in _chosen(own) if name in costs]
    return sum(_times_of(name, own) * costs[name].compile_s for name in known)


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
        (small, compiled), (large, again) = took
        timed[name] = _shortest((small, large, min(compiled, again)), before.get(name))
    _save(timed, rounds=done + 1, was_quiet=max(shares) < QUIET)


def _chosen(own: Configuration) -> list[str]:
    return [MOVED] * any(getattr(own, name) for name in WARPS) + list(chosen(own))


def _examples() -> dict[str, Configuration]:
    plain = Configuration()
    own = {name: replace(plain, **{name: one.example}) for name, one in AUGMENTATIONS.items()}
    return {MOVED: replace(plain, shift=0.1, rotation=10.0, zoom=0.1)} | own


def _times_of(name: str, own: Configuration) -> int:
    return 1 if name == MOVED else AUGMENTATIONS[name].times(own)


def _shortest(
    now: tuple[float, float, float], before: tuple[float, float, float] | None
) -> tuple[float, float, float]:
    small, large, compiled = map(min, now, before or now)
    return small, large, compiled


def _cost(times: Sequence[float]) -> Cost:
    small, large = (BATCH * prod(shape) for shape in SHAPES)
    value_s = max((times[1] - times[0]) / (large - small), 0.0)
    return Cost(max(times[0] - value_s * small, 0.0), value_s, times[2])


def _timed(own: Configuration, shape: MapShape) -> tuple[float, float]:
    """The usual time of a step of images, once it is compiled, and how long compiling took."""
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
        began = time.perf_counter()
        steps(images, labels, tf.constant(0))
        compiled_s = time.perf_counter() - began
    has_graphics = bool(tf.config.list_physical_devices("GPU"))
    took: list[float] = []
    began = time.perf_counter()
    while len(took) < 3 or (time.perf_counter() - began < PROBE_S and len(took) < 50):
        clock = Clock(has_graphics)
        float(steps(images, labels, tf.constant(len(took))))
        took.append(clock.took_s() / AT_ONCE)
    # Others may be at work on this machine too.
    return float(np.quantile(took, 0.25)), compiled_s


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
            small, large, compiled = map(float, times[name])
            if all(0 < one < 1e6 for one in (small, large, compiled)):
                found[name] = small, large, compiled
    return found


def _save(times: Times, **how: Any) -> None:
    """A folder that cannot be written to is no reason to fail."""
    with suppress(OSError):
        private_folder(home())
        write_private(home() / FILE, json.dumps({"machine": machine(), "times": times} | how))
