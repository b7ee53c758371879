"""What augmentation takes of a step: `python benchmarks/augmentation.py`, a table of medians.

Milliseconds for a batch of 64, of each kind: here, in the compiled function that trains, with draws
that seed and step decide; and by the same layers of Keras in a `tf.data` map, as Keras shows it,
with draws that they count themselves. The ways take turns, so that both meet the same busy machine.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks import goals
from cnn.network.shapes import MapShape
from cnn.training.engine.augmenting.layers import Augmenting
from cnn.training.engine.tensorflow import import_tensorflow
from cnn.training.recipe.augmentations import AUGMENTATIONS
from cnn.training.recipe.configuration import Configuration

SHAPES: tuple[MapShape, ...] = ((28, 28, 1), (32, 32, 3))
BATCH, STEPS, ROUNDS, CLASSES = 64, 20, goals.rounds(9, 2), 10
HEADS = ("here", "tf.data map")


def here(tf: Any, own: Configuration, images: Any, labels: Any) -> Callable[[], object]:
    """Some steps in one compiled function, as a training has them."""
    augmenting = Augmenting(tf, own, tuple(images.shape[1:]))

    @tf.function  # type: ignore[untyped-decorator]
    def steps(images: Any, labels: Any, first: Any) -> Any:
        total = tf.zeros([])
        for step in tf.range(STEPS):
            changed, targets = augmenting(images, labels, first + step)
            total += tf.reduce_sum(changed) + tf.reduce_sum(targets)
        return total

    return lambda: float(steps(images, labels, tf.constant(0)))


def in_a_map(
    tf: Any, name: str, own: Configuration, images: Any, labels: Any
) -> Callable[[], object]:
    """As many batches out of a `tf.data` pipeline in which Keras' layers are a map."""
    import keras

    one = AUGMENTATIONS[name]
    layers = [
        getattr(keras.layers, called)(**given)
        for called, given in one.layers(own, tuple(images.shape[1:]))
    ]

    def changed(images: Any, labels: Any) -> Any:
        if one.is_mixing:
            (layer,) = layers
            return layer({"images": images, "labels": labels})
        for layer in layers:
            images = layer(images)
        return images, labels

    pipeline = tf.data.Dataset.from_tensors((images, labels)).repeat(STEPS).map(changed)
    return lambda: sum(1 for _ in pipeline)


def medians_ms(ways: list[Callable[[], object]]) -> list[float]:
    """The median time of a step in each way, after a round that compiles and does not count."""
    times: list[list[float]] = [[] for _ in ways]
    for turn in range(ROUNDS + 1):
        for way, took in zip(ways, times, strict=True):
            began = time.perf_counter()
            way()
            if turn:
                took.append((time.perf_counter() - began) * 1e3 / STEPS)
    return [statistics.median(took) for took in times]


def row(tf: Any, name: str, shorter: list[float]) -> str:
    """The line of a kind; what the other way took of ours goes to the list."""
    one, columns = AUGMENTATIONS[name], []
    own = replace(Configuration(), **{name: one.example})
    for shape in SHAPES:
        if one.channels not in (None, shape[-1]):
            columns += ["-"] * len(HEADS)
            continue
        rng = np.random.default_rng(0)
        images = tf.constant(rng.random((BATCH, *shape), np.float32))
        labels = tf.constant(np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, BATCH)])
        given = own, images, labels
        found = medians_ms([here(tf, *given), in_a_map(tf, name, *given)])
        columns += [f"{one:.2f}" for one in found]
        shorter.append(found[1] / found[0])
    return f"{name:14}" + "".join(f"{one:>13}" for one in columns)


def main() -> None:
    tf = import_tensorflow()
    shorter: list[float] = []
    print(f"Medians of {ROUNDS} rounds, ms a batch of {BATCH}.\n")
    sizes = ("x".join(map(str, shape)) for shape in SHAPES)
    print(f"{'':14}" + "".join(f"{size:>{13 * len(HEADS)}}" for size in sizes))
    print(f"{'kind':14}" + "".join(f"{head:>13}" for head in HEADS * len(SHAPES)))
    for name in AUGMENTATIONS:
        print(row(tf, name, shorter), flush=True)
    told, of = "augmentation, the middle kind", f"{len(shorter)} kinds and sizes"
    goals.held(told, shorter, least=1, beside="a tf.data map", of=of)
    goals.end()


if __name__ == "__main__":
    main()
