"""Training through the open app against Keras' own `fit`: `python benchmarks/training.py`.

Ours: the app's worker trains while a browser shows the run's page, which looks at the store all the
time; every step's loss, gradient norms, a checkpoint and a snapshot of each epoch are kept, and a
stop takes hold within half a second. Keras': `model.fit(x, y)` on floats in memory, without
callbacks and without the app. Both train the same images and validate after each epoch; the epoch
that compiles counts on neither side. The ways take turns, so that both meet the same busy machine;
best of n. Keras' has a process of its own: the determinism that ours asks of TensorFlow may slow it
down.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright

from cnn.data import DatasetName, DatasetSpec, load
from cnn.network.architecture import Architecture
from cnn.network.heads import from_scores
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running

BATCH = 64
LOOK_S = 0.1
IDLE_S = 3.0
TARGETS = {"lenet-5": 1.15}
"""At least so many times as fast; any other network at least as fast."""

SMALL, OF_SMALL, OF_OTHERS = 1_000_000, 20, 5
"""Below so many MACs an epoch takes less than a second; so many epochs are timed of such networks,
and of others.
"""


def ours(
    page: Page, url: str, store: Store, architecture: Architecture, wanted: Configuration
) -> float:
    """Images per second, from the end of the first epoch to that of the last one."""
    run = store.add(architecture, wanted)
    page.goto(f"{url}/train?run={run.id}")
    ends: dict[int, float] = {}
    while (now := store.get(run.id)) and now.is_live:
        at = time.perf_counter()
        for epoch in store.epochs([run.id]).get(run.id, []):
            ends.setdefault(epoch.epoch, at)
        page.wait_for_timeout(LOOK_S * 1_000)  # which lets the page speak with its browser
    assert now is not None
    assert now.state is State.FINISHED, now.message
    images = len(load(wanted.dataset, architecture.input).train)
    last = max(ends)
    return (last - min(ends)) * images / (ends[last] - ends[min(ends)])


def keras_fit(architecture: Architecture, spec: DatasetSpec, epochs: int) -> float:
    """Images per second of as many epochs, each with its validation."""
    import keras

    from cnn.network.keras.model import build

    data = load(spec, architecture.input)
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
    """Print both and their ratio for each network; fail where a ratio is below its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="mnist-sample")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("networks", nargs="*", default=["lenet-5", "vgg-lite", "resnet-lite"])
    options = parser.parse_args()
    spec = DatasetSpec(DatasetName(options.dataset))
    print(f"Images/s on {options.dataset}, batch {BATCH}, best of {options.rounds}; ours with the")
    print(f"app open and the run's page looking on; {os.cpu_count()} processors.\n")
    print(f"{'network':16}{'CNN Workbench':>16}{'model.fit':>16}{'ratio':>10}{'at least':>10}")
    missed = False
    with (
        tempfile.TemporaryDirectory() as home,
        running(Path(home), workers=1) as url,
        sync_playwright() as playwright,
        ProcessPoolExecutor(1, get_context("spawn")) as elsewhere,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        store = Store(f"sqlite:///{home}/store/runs.sqlite")
        for name in options.networks:
            data = load(spec, entry(name).architecture.input)
            architecture = fit_to(entry(name).architecture, data).architecture
            best = [0.0, 0.0]
            epochs = OF_SMALL if trace(architecture).total_macs < SMALL else OF_OTHERS
            for seed in range(options.rounds):
                wanted = Configuration(spec, epochs=epochs + 1, batch_size=BATCH, seed=seed)
                best[0] = max(best[0], ours(page, url, store, architecture, wanted))
                page.goto(url)
                time.sleep(IDLE_S)
                plain = elsewhere.submit(keras_fit, architecture, spec, epochs)
                best[1] = max(best[1], plain.result())
            ratio, target = best[0] / best[1], TARGETS.get(name, 1.0)
            missed |= ratio < target
            print(
                f"{name:16}{best[0]:>16,.0f}{best[1]:>16,.0f}{ratio:>10.2f}{target:>10.2f}",
                flush=True,
            )
        store.close()
        browser.close()
    if missed:
        sys.exit("A ratio is below its target.")


if __name__ == "__main__":
    main()
