"""The forward pass in NumPy against Keras: `python benchmarks/forward.py`, a table of medians.

The ways take turns, round by round, so that all of them meet the same busy machine: the ratios
hold where the times do not. Both agree to 1e-4 on every row, or there is no table.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

# One thread for NumPy's products: where others compute too (a training), its threads wait for each
# other, and 225 images through resnet-lite took 550 ms, not 100. Read when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

import keras
import numpy as np
import tensorflow as tf

from benchmarks import goals
from cnn.insight.passes.forward import forward, predict
from cnn.insight.passes.weights import random_weights
from cnn.network.keras.model import build, set_weights
from cnn.network.trace import trace
from cnn.network.zoo import entry

NETWORKS = (
    *("lenet-5", "keras-mnist", "inception-lite", "mobilenet-lite", "resnet-lite", "vit-lite"),
)
CASES = ((1, 30, 5), (225, 7, 2))
"""How many images (all shifts of one by up to 7 pixels are 225), rounds, and runs in a row."""

WAYS = ("NumPy", "NumPy, last only", "tf.function", "model(x)", "model.predict")


def medians_ms(ways: dict[str, Callable[[], object]], rounds: int, runs: int) -> dict[str, float]:
    """The median time of each way, taking turns of some runs, after a round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for index in range(rounds + 1):
        for name, run in ways.items():
            for _ in range(runs):
                started = time.perf_counter()
                run()
                if index:
                    times[name].append((time.perf_counter() - started) * 1e3)
    return {name: statistics.median(each) for name, each in times.items()}


def ways_to_run(name: str, count: int) -> dict[str, Callable[[], object]]:
    """Every way to the same numbers, checked to be the same."""
    architecture = entry(name).architecture
    weights = random_weights(architecture)
    images = np.random.default_rng(0).random((count, *architecture.input), np.float32)
    model = build(architecture)
    set_weights(model, architecture, weights)
    compiled = tf.function(lambda x: model(x, training=False), jit_compile=False)
    tensor = tf.constant(images)
    wanted = compiled(tensor).numpy()
    for found in (
        forward(architecture, weights, images).output,
        predict(architecture, weights, images),
    ):
        np.testing.assert_allclose(found, wanted, atol=1e-4)
    runs = (
        lambda: forward(architecture, weights, images),
        lambda: predict(architecture, weights, images),
        lambda: compiled(tensor).numpy(),
        lambda: model(tensor, training=False).numpy(),
        lambda: model.predict(images, verbose=0, batch_size=32),
    )
    return dict(zip(WAYS, runs, strict=True))


def main() -> None:
    threads = os.environ["OPENBLAS_NUM_THREADS"]
    print(f"NumPy {np.__version__} (threads: {threads}), Keras {keras.__version__}, ", end="")
    print(f"TensorFlow {tf.__version__}, {os.cpu_count()} cores.")
    print("Medians in ms, and how many times the first column (one image) or the second (many).\n")
    print(f"{'network':15}{'params':>9}{'MACs':>12}{'images':>8}", *(f"{way:>17}" for way in WAYS))
    for count, rounds, runs in CASES:
        of = f"{rounds} rounds"
        for name in NETWORKS:
            traced = trace(entry(name).architecture)
            took = medians_ms(ways_to_run(name, count), rounds, runs)
            ours = took[WAYS[0]] if count == 1 else took[WAYS[1]]
            cells = (f"{ms:.2f}" + f" ({ms / ours:.1f}x)".rjust(9) for ms in took.values())
            sizes = f"{traced.total_params:>9,}{traced.total_macs:>12,}{count:>8}"
            print(f"{name:15}{sizes}", *(f"{cell:>17}" for cell in cells), flush=True)
            if count == 1:
                ratio = took["tf.function"] / ours
                goals.held(f"one image through {name}", ratio, least=1, beside="tf.function", of=of)
            keras.backend.clear_session()
    goals.end()


if __name__ == "__main__":
    main()
