"""Scenes: how far the networks differ on them, how long they take, and clutter that was not seen.

Each network learns the usual scenes at 32x32x3 here and by plain Keras (`fit` with Adam at its own
rate, the same images, batch and epochs), and here once more scenes without clutter, tested among
eight pieces of it. Simple CNN is to stay below 90 % of the usual ones, ResNet-lite above, learned
within two minutes. Names of networks choose some. The shift of textures is in `texture.py`.
"""

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals

ROOT = Path(__file__).parents[1]
NETWORKS = ("simple-cnn", "lenet-5", "alexnet-lite", "vgg-lite", "resnet-lite")
EPOCHS, SEED, BOUND, WITHIN_S = 12, 0, 0.90, 120.0
BELOW, ABOVE = "simple-cnn", "resnet-lite"


def here(fitted: Any, spec: Any) -> tuple[float, float]:
    """Test accuracy and seconds of a training of this program."""
    from cnn.training.engine.fit import carry_out
    from cnn.training.recipe.configuration import Configuration
    from cnn.training.store.store import Store

    store = Store()
    own = Configuration(spec, epochs=EPOCHS, seed=SEED)
    run = carry_out(store, store.add(fitted, own, worker="benchmark"))
    store.close()
    if run.result is None:
        sys.exit(f"{run.state}: {run.message}")
    return run.result.test_accuracy, run.result.seconds


def by_keras(fitted: Any, data: Any) -> tuple[float, float]:
    """The same by `fit`, compiling and validation in the time."""
    import keras

    from cnn.network.keras.model import build
    from cnn.training.recipe.configuration import Configuration

    keras.utils.set_random_seed(SEED)
    model = build(fitted)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    began = time.perf_counter()
    model.fit(
        data.train.images,
        data.train.labels,
        batch_size=Configuration().batch_size_for(len(data.train)),
        epochs=EPOCHS,
        validation_data=(data.validation.images, data.validation.labels),
        verbose=0,
    )
    seconds = time.perf_counter() - began
    return float(model.evaluate(data.test.images, data.test.labels, verbose=0)[1]), seconds


def main(networks: list[str]) -> None:
    """Print one line per network, and fail where they do not differ as is wanted."""
    from cnn.data import DatasetName, DatasetSpec, load
    from cnn.data.sets.scene_options import UNSEEN_CLUTTER
    from cnn.network.zoo import entry
    from cnn.training.recipe.fitting import fit_to

    usual = DatasetSpec(DatasetName.SCENES)
    data = load(usual, (32, 32, 3))
    print(
        f"{EPOCHS} epochs, seed {SEED}, {len(data.test):,} test scenes; the time without compiling."
    )
    print(
        f"{'network':14}{'scenes':>9}{'time':>9}{'plain Keras':>13}{'time':>9}"
        f"{'unseen clutter':>16}"
    )
    for id in networks:
        network = replace(entry(id).architecture, input=(32, 32, 3))
        fitted = fit_to(network, data).architecture
        accuracy, seconds = here(fitted, usual)
        plain, plain_s = by_keras(fitted, data)
        cluttered, _ = here(fitted, replace(usual, scenes=UNSEEN_CLUTTER))
        print(
            f"{id:14}{accuracy:9.1%}{seconds:7.1f} s{plain:13.1%}{plain_s:7.1f} s{cluttered:16.1%}",
            flush=True,
        )
        if id in (BELOW, ABOVE):
            bound = {"most" if id == BELOW else "least": 100 * BOUND}
            goals.held(f"{id} on scenes", 100 * accuracy, unit=" %", of=f"seed {SEED}", **bound)
            goals.held(
                f"{id} on scenes, time", seconds, most=WITHIN_S, unit=" s", of=f"seed {SEED}"
            )
    goals.end()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        main(sys.argv[1:] or list(NETWORKS))
