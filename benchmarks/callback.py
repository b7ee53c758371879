"""What `cnn.callbacks.Workbench` costs `model.fit`: `python benchmarks/callback.py`.

The same model is fitted to the same images with the callback, which writes every step to a store,
and without any callback. The ways take turns, each first in every second round, so that both meet
the same busy machine; the epoch that compiles counts on neither side. Told are the medians, and
those of the ratios round by round: of the time, and of the time of processors, which other programs
disturb less and which is held against the limit. Fitting without the callback twice says how far
two measurements of the same are apart.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from cnn.callbacks import Workbench
from cnn.data import DatasetName, DatasetSpec, load
from cnn.network.zoo import entry

BATCH = 64
EPOCHS = {"lenet-5": 4, "resnet-lite": 1}
"""So many are timed at once: some seconds of either."""
Seconds = tuple[float, float]
LIMIT = 1.1
"""At most so many times as long, of a network whose steps take a millisecond or two too."""


def fitting(name: str, url: str) -> Callable[[bool], Seconds]:
    """What fits a network once more, with the callback or without, and gives the seconds: those on
    the clock, and those of processors.
    """
    import keras

    from cnn.network.keras.model import build

    architecture = entry(name).architecture
    data = load(DatasetSpec(DatasetName.MNIST_SAMPLE), architecture.input)
    model = build(architecture)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    given: dict[str, Any] = {"x": data.train.images, "y": data.train.labels, "verbose": 0}
    given |= {"batch_size": BATCH, "epochs": EPOCHS[name]}
    model.fit(**given | {"epochs": 1})
    keras.utils.disable_interactive_logging()

    def once(is_watched: bool) -> Seconds:
        callbacks = [Workbench(name, store=url)] if is_watched else []
        began, spent = time.perf_counter(), time.process_time()
        model.fit(**given, callbacks=callbacks)
        return time.perf_counter() - began, time.process_time() - spent

    return once


def _longer(one: Sequence[Seconds], other: Sequence[Seconds]) -> Seconds:
    """How many times as long, on the clock and of processors: medians of all rounds."""
    rounds = list(zip(one, other, strict=True))
    clock, work = (median(a[place] / b[place] for a, b in rounds) for place in (0, 1))
    return clock, work


def main() -> None:
    """Print what both take for each network; fail where the callback is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("networks", nargs="*", default=list(EPOCHS))
    options = parser.parse_args()
    print(f"Seconds of model.fit on mnist-sample, batch {BATCH}, {os.cpu_count()} processors;")
    print(f"medians of {options.rounds} rounds.\n")
    heads = ("without", "with", "clock", "work", "limit", "the same", "twice")
    print(f"{'network':16}{'epochs':>8}{''.join(f'{one:>10}' for one in heads)}")
    for name in options.networks:
        with tempfile.TemporaryDirectory() as folder:
            once = fitting(name, f"sqlite:///{folder}/runs.sqlite")
            took: dict[str, list[Seconds]] = {"without": [], "with": [], "again": []}
            for place in range(options.rounds):
                for way in list(took) if place % 2 else reversed(list(took)):
                    took[way].append(once(way == "with"))
        clock = {way: median(one for one, _ in seconds) for way, seconds in took.items()}
        longer = _longer(took["with"], took["without"])
        apart = _longer(took["again"], took["without"])
        told = "".join(f"{one:>10.3f}" for one in (*longer, LIMIT, *apart))
        times = f"{clock['without']:>10.2f}{clock['with']:>10.2f}"
        print(f"{name:16}{EPOCHS[name]:>8}{times}{told}", flush=True)
        rounds = zip(took["with"], took["without"], strict=True)
        ratios = [here[1] / plain[1] for here, plain in rounds]
        goals.held(
            f"{name} with the callback", ratios, most=LIMIT, beside="model.fit's processor time"
        )
    goals.end()


if __name__ == "__main__":
    main()
