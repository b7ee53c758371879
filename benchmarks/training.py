"""Training through the open app beside Keras' own `fit` and a plain loop of PyTorch.

Ours: the app's worker trains while a browser shows the run's page, which looks at the store all the
time; every step's loss, gradient norms, a checkpoint and a snapshot of each epoch are kept, and a
stop takes hold within half a second. Counted are the epochs that end once the page is there.
Keras': `model.fit(x, y)` on floats in memory, without callbacks and without the app. PyTorch's: the
exported code, the same optimizer, batches cut from a tensor in memory, as many threads as
processors, channels first or last, whichever was the faster in the first round. All train the same
images and validate after each epoch; the epoch that compiles counts nowhere. The ways take turns,
so that all meet the same busy machine, and each has a process of its own: the determinism that ours
asks of TensorFlow may slow `fit` down. Told are the medians of the ratios, round by round.

The last column is how near it comes to the processor: three times two operations for each
multiply-accumulate of an image, beside the most that a large product of matrices or a large
convolution of oneDNN came to in the same process as `fit`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks import goals
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
IDLE_S = 2.0
BY_FIT = 1.5
BY_TORCH = {1: 1.15, 3: 1.0}
"""How many times as fast as each: of PyTorch's loop by the channels of the images."""

NETWORKS = (
    *("lenet-5", "alexnet-lite", "vgg-lite", "resnet-lite", "inception-lite", "mobilenet-lite"),
)
SIZES = {"mnist-sample": (28, 28, 1), "scenes": (32, 32, 3)}
TIMED_MACS, LEAST_EPOCHS, MOST_EPOCHS = 50e9, 2, 12
"""An epoch of a small network takes a part of a second: so many are timed."""


def ours(
    page: Page, url: str, store: Store, architecture: Architecture, wanted: Configuration
) -> float:
    """Images per second, from the end of the first epoch that the open page has seen to that of the
    last one.
    """
    run = store.add(architecture, wanted)
    page.goto(f"{url}/train?run={run.id}")
    expect(page.locator('[data-state="shown"]').first).to_be_visible()
    before = store.epochs([run.id]).get(run.id, [])
    ends: dict[int, float] = {}
    while (now := store.get(run.id)) and now.is_live:
        at = time.perf_counter()
        for epoch in store.epochs([run.id]).get(run.id, [])[len(before) :]:
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


def torch_loop(
    architecture: Architecture, spec: DatasetSpec, epochs: int, *, last: bool = False
) -> float:
    """The same of a plain loop, with channels last or first."""
    import torch

    from cnn.network.torch.live import torch_module

    torch.set_num_threads(os.cpu_count() or 1)
    data = load(spec, architecture.input)
    order = torch.channels_last if last else torch.contiguous_format

    def laid(images: object) -> torch.Tensor:
        return (
            torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).contiguous(memory_format=order)
        )

    images, labels = laid(data.train.images), torch.tensor(data.train.labels).long()
    held, answers = laid(data.validation.images), torch.tensor(data.validation.labels).long()
    module = torch_module(from_scores(architecture)).to(memory_format=order)
    optimizer = torch.optim.Adam(module.parameters())
    loss_of = torch.nn.CrossEntropyLoss()
    began = 0.0
    for epoch in range(epochs + 1):
        if epoch == 1:
            began = time.perf_counter()
        module.train()
        for places in torch.randperm(len(images)).split(BATCH):
            optimizer.zero_grad()
            loss_of(module(images[places]), labels[places]).backward()
            optimizer.step()
        module.eval()
        with torch.no_grad():
            right = [
                (module(part).argmax(1) == wanted).sum()
                for part, wanted in zip(held.split(512), answers.split(512), strict=True)
            ]
        assert 0 <= int(sum(right)) <= len(held)
    return epochs * len(images) / (time.perf_counter() - began)


def peak_flops() -> float:
    """The most operations a second that a large product or a large convolution comes to."""
    import tensorflow as tf

    side, (many, size, channels) = 2_048, (64, 32, 128)
    left, kernel = tf.random.normal((side, side)), tf.random.normal((3, 3, channels, channels))
    maps = tf.random.normal((many, size, size, channels))
    product = tf.function(lambda: tf.matmul(left, left))
    convolution = tf.function(lambda: tf.nn.conv2d(maps, kernel, 1, "SAME"))
    return max(
        _flops(product, 2.0 * side**3),
        _flops(convolution, 2.0 * many * size**2 * 9 * channels**2),
    )


def _flops(work: Callable[[], object], operations: float) -> float:
    work()
    took = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return operations / min(took)


def epochs_for(architecture: Architecture, images: int) -> int:
    """How many epochs are timed: more of what is quick."""
    of_one = 3 * trace(architecture).total_macs * images
    return round(min(max(TIMED_MACS / of_one, LEAST_EPOCHS), MOST_EPOCHS))


def main() -> None:
    """Print all ways and their ratios for each network, and what is wanted of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", nargs="*", default=list(SIZES)[: 1 if goals.QUICK else None])
    parser.add_argument("--rounds", type=int, default=goals.rounds(5))
    usual = ("lenet-5",) if goals.QUICK else NETWORKS
    parser.add_argument("networks", nargs="*", default=usual)
    options = parser.parse_args()
    print(
        f"Images/s, batch {BATCH}, medians of {options.rounds} rounds; ours with the app open and"
    )
    print(f"the run's page looking on; {os.cpu_count()} processors.\n")
    with (
        tempfile.TemporaryDirectory() as home,
        running(Path(home), workers=1) as url,
        sync_playwright() as playwright,
        ProcessPoolExecutor(1, get_context("spawn")) as keras,
        ProcessPoolExecutor(1, get_context("spawn")) as torch,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        store = Store(f"sqlite:///{home}/store/runs.sqlite")
        peak = keras.submit(peak_flops).result()
        print(f"The processor's most: {peak / 1e9:,.0f} billion operations a second.\n")
        print(
            f"{'data':14}{'network':16}{'CNN Workbench':>14}{'model.fit':>11}{'PyTorch':>10}"
            f"{'channels':>10}{'of the most':>13}"
        )
        for dataset in options.dataset:
            spec, size = DatasetSpec(DatasetName(dataset)), SIZES[dataset]
            for name in options.networks:
                network = Architecture(name, size, entry(name).architecture.layers)
                data = load(spec, size)
                architecture = fit_to(network, data).architecture
                epochs = epochs_for(architecture, len(data.train))
                found: dict[str, list[float]] = {"ours": [], "fit": [], "torch": []}
                of_order = {
                    last: torch.submit(torch_loop, architecture, spec, epochs, last=last).result()
                    for last in (False, True)
                }
                last = max(of_order, key=lambda one: of_order[one])
                for seed in range(options.rounds):
                    wanted = Configuration(spec, epochs=epochs + 1, batch_size=BATCH, seed=seed)
                    found["ours"].append(ours(page, url, store, architecture, wanted))
                    page.goto(url)
                    time.sleep(IDLE_S)
                    plain = keras.submit(keras_fit, architecture, spec, epochs)
                    found["fit"].append(plain.result())
                    looped = torch.submit(torch_loop, architecture, spec, epochs, last=last)
                    found["torch"].append(looped.result())
                rates = {way: statistics.median(values) for way, values in found.items()}
                done = 6 * trace(architecture).total_macs * rates["ours"] / peak
                order = "last" if last else "first"
                print(
                    f"{dataset:14}{name:16}{rates['ours']:>14,.0f}{rates['fit']:>11,.0f}"
                    f"{rates['torch']:>10,.0f}{order:>10}{done:>13.0%}",
                    flush=True,
                )
                for way, beside, least in (
                    ("fit", "model.fit", BY_FIT),
                    ("torch", "PyTorch's loop", BY_TORCH[size[2]]),
                ):
                    ratios = [a / b for a, b in zip(found["ours"], found[way], strict=True)]
                    goals.held(f"training {name} on {dataset}", ratios, least=least, beside=beside)
        store.close()
        browser.close()
    goals.end()


if __name__ == "__main__":
    main()
