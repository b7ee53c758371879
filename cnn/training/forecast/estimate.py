"""What a training will take: time and memory, estimated for this machine before it starts.

The prices are those of `calibration`; finished runs of the same machine correct them. How good
this is, `benchmarks/estimate.py` shows.
"""

from __future__ import annotations

import math
import os
import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import prod

from cnn.network.architecture import Architecture
from cnn.network.trace import FLOAT_BYTES, Trace, trace
from cnn.network.training_macs import forward_alone
from cnn.numbers import number
from cnn.training.engine.kept_machines import found_compiled, phases
from cnn.training.forecast import augmentation_cost
from cnn.training.forecast.augmentation_cost import Cost
from cnn.training.forecast.calibration import FORWARD_SHARE, ROUGH, Calibration
from cnn.training.recipe.configuration import SLOTS, Configuration
from cnn.training.recipe.pace import steps_wanted
from cnn.training.recipe.run import Run, State
from cnn.training.store.archive import ELSEWHERE

EPOCH_S = 0.02  # the end of an epoch: its figures and its weights into the store
COMPILED = 1.25  # what is compiled to look at images comes on top of what is compiled to train
DATA_COPIES = 3  # as it is read, as it is split, and as TensorFlow holds it
COMPILED_BYTES = 30 << 20  # what a compiled network takes, however small
COMPILED_LAYER_BYTES = 3 << 19  # and more for each layer
AT_ONCE = 3  # outputs that a pass forward needs: in, out, and what goes round a block


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a training will take; rough where nothing was measured on this machine yet."""

    seconds: float
    peak_bytes: int
    base_bytes: int  # the part of it that a warm worker holds already
    is_rough: bool
    lacks_augmentation: bool = False  # some of it was not measured here, and is not in the time

    @property
    def text(self) -> str:
        """In words: `about 12 s and 900 MiB`."""
        rough = "roughly" if self.is_rough else "about"
        return f"{rough} {round_time(self.seconds)} and {_memory(self.peak_bytes)}"

    @property
    def caution(self) -> str:
        """What the time leaves out; nothing where it leaves out nothing."""
        if not self.lacks_augmentation:
            return ""
        return "Augmentation comes on top: how long it takes is not measured on this machine yet."


def estimate(
    architecture: Architecture,
    configuration: Configuration,
    images: Mapping[str, int],
    calibration: Calibration | None,
    done: Iterable[Run] = (),
    *,
    is_compiled: bool = False,
    costs: Mapping[str, Cost] | None = None,
) -> Estimate:
    """Time, from the first step to the test, and peak memory of a training with so many images.

    `images` are those of each split; `done` are runs whose speed was measured on this machine.
    A network that `is_compiled` was kept from an earlier training, and costs that time no more.
    `costs` are those of augmentations; without them the time of these is left out, and so rough.
    """
    prices, traced = calibration or ROUGH, trace(architecture)
    batch = min(configuration.batch_size_for(images["train"]), max(images["train"], 1))
    costs = costs or {}
    lacking = augmentation_cost.unmeasured(configuration, costs)
    correction = _correction(architecture, batch, prices, done, costs, lacking)
    image_s = _image_s(traced, batch, prices)
    step_s = _step_s(traced, configuration, batch, images["train"], prices)
    step_s += _augmentation_s(traced, configuration, batch, image_s, costs)
    steps = steps_wanted(configuration, images["train"])
    if steps is None:
        steps = math.ceil(configuration.seconds / (step_s * (correction or 1.0)))
    epochs = math.ceil(steps / max(configuration.steps_per_epoch(images["train"]), 1))
    looked_at = images.get("validation", 0) * epochs + images.get("test", 0)
    work_s = steps * step_s + FORWARD_SHARE * looked_at * image_s
    compiled_s = _compiling_s(traced, configuration, prices)
    compiled_s += augmentation_cost.compiling_s(configuration, costs)
    return Estimate(
        seconds=(0.0 if is_compiled else compiled_s)
        + EPOCH_S * epochs
        + work_s * (correction or 1.0),
        peak_bytes=_peak_bytes(traced, configuration, batch, sum(images.values()), prices),
        base_bytes=prices.base_bytes,
        is_rough=bool(lacking) or (calibration is None and correction is None),
        lacks_augmentation=bool(lacking) and correction is None,
    )


def estimate_all(
    trainings: Sequence[tuple[Architecture, Configuration]],
    images: Mapping[str, int] | Sequence[Mapping[str, int]],
    calibration: Calibration | None,
    done: Iterable[Run] = (),
    costs: Mapping[str, Cost] | None = None,
) -> Estimate:
    """The estimate for these trainings, at least one, one after the other: another seed of a
    network finds it compiled, as long as machines are kept. All have the same images, or each has
    its own.
    """
    known = list(done)
    own = [images] * len(trainings) if isinstance(images, Mapping) else images
    found = zip(trainings, own, found_compiled(trainings), strict=True)
    each = [
        estimate(*training, images, calibration, known, is_compiled=is_compiled, costs=costs)
        for training, images, is_compiled in found
    ]
    return Estimate(
        seconds=sum(one.seconds for one in each),
        peak_bytes=max(one.peak_bytes for one in each),
        base_bytes=each[0].base_bytes,
        is_rough=any(one.is_rough for one in each),
        lacks_augmentation=any(one.lacks_augmentation for one in each),
    )


def _image_s(traced: Trace, batch: int, prices: Calibration) -> float:
    """What each image adds to a step in which nothing is frozen."""
    return (prices.step_time_s(traced, batch) - prices.step_time_s(traced, 0)) / batch


def _step_s(
    traced: Trace, configuration: Configuration, batch: int, train_images: int, prices: Calibration
) -> float:
    """The mean step: those of the head alone cost less, and what is frozen later too."""
    parts = phases(traced.architecture, configuration)
    first_s, *later_s = (prices.step_time_s(traced, batch, frozen) for frozen in parts)
    if not later_s or configuration.start is None:
        return first_s
    in_epoch = configuration.steps_per_epoch(train_images)
    steps = steps_wanted(configuration, train_images) or configuration.epochs * in_epoch
    first = min(configuration.start.head_first * in_epoch, steps)
    return (first * first_s + (steps - first) * later_s[-1]) / max(steps, 1)


def _compiling_s(traced: Trace, configuration: Configuration, prices: Calibration) -> float:
    """Each part of a training that freezes other layers is compiled anew."""
    parts = len(phases(traced.architecture, configuration))
    return parts * COMPILED * prices.compile_time_s(traced)


def _peak_bytes(
    traced: Trace, configuration: Configuration, batch: int, images: int, prices: Calibration
) -> int:
    """That of the part which takes most, and of all that is compiled, as that is kept."""
    parts = phases(traced.architecture, configuration)
    slots = SLOTS[configuration.optimizer]
    network = max(_network_bytes(traced, batch, slots, frozen) for frozen in parts)
    compiled = COMPILED_BYTES + COMPILED_LAYER_BYTES * len(traced.rows)
    data = DATA_COPIES * images * prod(traced.architecture.input)
    return prices.base_bytes + network + len(parts) * compiled + data


def _network_bytes(traced: Trace, batch: int, slots: int, frozen: Collection[str]) -> int:
    """What a network takes in training: frozen weights have no gradients and no copies for the
    optimizer, and of layers that are forward alone no more is held than the largest few.
    """
    whole = traced.training_memory_bytes(batch, slots)
    if not frozen:
        return whole
    still = sum(row.trainable_params for row in traced.rows if row.name in frozen)
    paths = forward_alone(traced, frozen)
    outputs = sorted(
        row.activation_bytes + FLOAT_BYTES * row.layer.held_values(row.input_shape)
        for row in traced.rows
        if row.path in paths
    )
    let_go = 2 * sum(outputs) - sum(outputs[-AT_ONCE:])
    return whole - FLOAT_BYTES * (1 + slots) * still - batch * let_go


def _augmentation_s(
    traced: Trace,
    configuration: Configuration,
    batch: int,
    image_s: float,
    costs: Mapping[str, Cost],
) -> float:
    """What augmentation adds to a step, as far as it is measured; where labels are mixed, plain
    images are looked at too.
    """
    added = augmentation_cost.of_step(configuration, batch * prod(traced.architecture.input), costs)
    looks = FORWARD_SHARE * image_s * batch if configuration.mixes_labels else 0.0
    return sum(filter(None, added.values())) + looks


def _correction(
    architecture: Architecture,
    batch: int,
    prices: Calibration,
    done: Iterable[Run],
    costs: Mapping[str, Cost],
    lacking: Set[str],
) -> float | None:
    """How much longer than priced finished runs took: those of this very network, else of all. None
    tells that has other augmentations `lacking` a price.
    """
    same: list[float] = []
    others: list[float] = []
    for run in done:
        train_images = run.images.get("train")
        if run.state is not State.FINISHED or not (run.result and train_images):
            continue
        if not run.result.images_per_s:
            continue
        if augmentation_cost.unmeasured(run.configuration, costs) != lacking:
            continue  # what took longer may be that
        its_batch = min(run.configuration.batch_size_for(train_images), train_images)
        its_trace = trace(run.architecture)
        priced = _step_s(its_trace, run.configuration, its_batch, train_images, prices)
        image_s = _image_s(its_trace, its_batch, prices)
        priced += _augmentation_s(its_trace, run.configuration, its_batch, image_s, costs)
        ratio = its_batch / run.result.images_per_s / priced
        is_same = (run.architecture.layers, its_batch) == (architecture.layers, batch)
        (same if is_same and run.architecture.input == architecture.input else others).append(ratio)
    found = same or others
    return statistics.median(found) if found else None


def measured_here(runs: Iterable[Run]) -> list[Run]:
    """Those of these runs that were trained on a machine like this one."""
    return [
        run
        for run in runs
        if run.environment.get("processors") == os.cpu_count() and ELSEWHERE not in run.environment
    ]


def round_time(seconds: float) -> str:
    """Two digits, as it is not known better."""
    for limit, unit, name in ((99.5, 1, "s"), (99.5 * 60, 60, "min")):
        if seconds < limit:
            return f"{number(max(seconds / unit, 1), 2)} {name}"
    return f"{seconds / 3_600:,.0f} h"


def _memory(size_bytes: int) -> str:
    if size_bytes < 1_000 << 20:
        return f"{round(size_bytes / (1 << 20), -1):.0f} MiB"
    return f"{size_bytes / (1 << 30):.1f} GiB"
