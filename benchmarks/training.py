"""Training through the app's whole path against Keras' own `fit`: `python benchmarks/training.py`.

Ours: a store on disk with every step's loss, gradient norms, a checkpoint and a snapshot of each
epoch, and stopping within half a second. Keras': `model.fit(x, y)` on floats in memory, without
callbacks. Both train the same images and validate after each epoch; the epoch that compiles counts
on neither side. The ways take turns, so that both meet the same busy machine; best of n.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

import keras
import tensorflow as tf

from cnn.data import Dataset, DatasetName, DatasetSpec, load
from cnn.network.architecture import Architecture
from cnn.network.keras_model import build
from cnn.network.zoo import entry
from cnn.training.configuration import Configuration
from cnn.training.fit import carry_out
from cnn.training.fitting import fit_to, from_scores
from cnn.training.run import Progress, State
from cnn.training.store import Store

BATCH = 64


def ours(architecture: Architecture, data: Dataset, spec: DatasetSpec, epochs: int) -> float:
    """Images per second, from the end of the first epoch's training to that of the last one's."""
    ends: dict[int, float] = {}

    def watch(progress: Progress) -> None:
        if progress.phase == "validating":
            ends.setdefault(progress.epoch, time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/runs.sqlite")
        configuration = Configuration(spec, epochs=epochs + 1, batch_size=BATCH)
        run = carry_out(store, store.add(architecture, configuration, worker="me"), watch)
        assert run.state is State.FINISHED, run.message
        store.close()
    return epochs * len(data.train) / (ends[epochs + 1] - ends[1])


def keras_fit(architecture: Architecture, data: Dataset, epochs: int) -> float:
    """Images per second of as many epochs, each with its validation."""
    keras.backend.clear_session()
    model = build(from_scores(architecture))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(), loss, metrics=["accuracy"])
    given = {"x": data.train.images, "y": data.train.labels, "batch_size": BATCH, "verbose": 0}
    given["validation_data"] = data.validation.images, data.validation.labels
    model.fit(**given)
    began = time.perf_counter()
    model.fit(**given, epochs=epochs)
    return epochs * len(data.train) / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="mnist-sample")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("networks", nargs="*", default=["lenet-5", "vgg-lite", "resnet-lite"])
    options = parser.parse_args()
    print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {os.cpu_count()} processors.")
    print(f"Images/s on {options.dataset}, batch {BATCH}, best of {options.rounds}.\n")
    print(f"{'network':16}{'CNN Workbench':>16}{'model.fit':>16}{'ratio':>10}")
    for name in options.networks:
        spec = DatasetSpec(DatasetName(options.dataset))
        data = load(spec, entry(name).architecture.input)
        architecture = fit_to(entry(name).architecture, data).architecture
        best = [0.0, 0.0]
        for _ in range(options.rounds):
            best[0] = max(best[0], ours(architecture, data, spec, options.epochs))
            best[1] = max(best[1], keras_fit(architecture, data, options.epochs))
        print(f"{name:16}{best[0]:>16,.0f}{best[1]:>16,.0f}{best[0] / best[1]:>10.2f}", flush=True)


if __name__ == "__main__":
    main()
