"""Where a step of a training goes, by what its operations are for, of each network of `training`.

TensorFlow's profiler notes when each operation began and ended while the worker's own compiled
steps run, without the app. An operation is counted by the clock; as each part of a batch has its
own, two run at once. Beside them stands how many processors were busy, and how
long the step would take were it multiplying and adding alone, at the most that the processor comes
to. Nothing is wanted of these figures: `training.py` holds what they explain. Of all networks
`docs/step.svg` is drawn; names choose some, and then nothing is.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks import figures, goals
from benchmarks.training import BATCH, NETWORKS, peak_flops
from cnn.data import Split
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.paper.sheet import Sheet
from cnn.training.engine.chunk import Chunk
from cnn.training.engine.machine import Machine
from cnn.training.engine.tensorflow import parts_of, stand_side_by_side
from cnn.training.recipe.configuration import Configuration

IMAGES, STEPS, ROUNDS = 1_280, 20, goals.rounds(5)
OPERATION = re.compile(r"(?P<place>[^:]+):(?P<kind>_?[A-Za-z]\w*)")
UPDATING = re.compile(r"(?i)\badam|assign|Resource(Apply|Scatter)")
KINDS = (
    ("filters' gradients", re.compile(r"BackpropFilter")),
    ("inputs' gradients", re.compile(r"Conv\w*BackpropInput")),
    ("convolutions", re.compile(r"Conv2D|DepthwiseConv")),
    ("dense", re.compile(r"MatMul")),
    ("pooling", re.compile(r"Pool")),
    ("updating", UPDATING),
    ("batch norm, sums, ReLU, rest", re.compile(r"")),
)
"""What an operation is for, by its kind: the first that fits; gradients of convolutions apart."""

NAMES = [said for said, _ in KINDS]
ALONE = "how long multiplying and adding alone would take"


@dataclass(frozen=True, slots=True)
class Measured:
    """A step of a network in milliseconds: as it was, at the processor's most, and by its kinds."""

    network: str
    took: float
    at_most: float
    busy: float
    parts: Mapping[str, float]


def kind_of(place: str, kind: str) -> str:
    if UPDATING.search(place):
        return "updating"
    return next(said for said, pattern in KINDS if pattern.search(kind))


def profiled(work: Callable[[], object]) -> Counter[str]:
    """The milliseconds of what was done, by what it was for."""
    import tensorflow as tf
    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    with tempfile.TemporaryDirectory() as folder:
        look = tf.profiler.experimental.ProfilerOptions(2, 0, 0)
        tf.profiler.experimental.start(folder, look)
        work()
        tf.profiler.experimental.stop()
        (file,) = Path(folder).rglob("*.xplane.pb")
        noted = XSpace()
        noted.ParseFromString(file.read_bytes())
    found: Counter[str] = Counter()
    for plane in noted.planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                if (one := OPERATION.fullmatch(name)) and line.name.startswith("tf_Compute"):
                    found[kind_of(**one.groupdict())] += event.duration_ps / 1e9
    return found


def measured(id: str, peak: float) -> Measured:
    """Medians of a few rounds, each with the profiler and without it."""
    network = entry(id).architecture
    pixels = np.random.default_rng(0).integers(0, 255, (IMAGES, *network.input), np.uint8)
    split = Split(pixels, np.arange(IMAGES) % 10)
    machine = Machine(network, Configuration(), split, parts=parts_of(BATCH))
    rates = np.full(STEPS, 1e-3, np.float32)
    chunk = Chunk(np.arange(IMAGES, dtype=np.int32), 0, STEPS, BATCH, rates)
    machine.steps(chunk)
    took, busy, parts = [], [], []
    for _ in range(ROUNDS):
        parts.append(profiled(lambda: machine.steps(chunk)))
        began, worked = time.perf_counter(), time.process_time()
        machine.steps(chunk)
        took.append((time.perf_counter() - began) * 1e3 / STEPS)
        busy.append((time.process_time() - worked) * 1e3 / STEPS / took[-1])
    return Measured(
        network.name,
        statistics.median(took),
        6 * trace(network).total_macs * BATCH / peak * 1e3,
        statistics.median(busy),
        {name: statistics.median(one[name] for one in parts) / STEPS for name in NAMES},
    )


def figure(found: Sequence[Measured]) -> Sheet:
    """A bar for each network: its step by what its operations are for."""
    bars = [
        figures.Bar(one.network, f"{one.took:.1f} ms", one.parts, one.at_most / one.took)
        for one in found
    ]
    about = "Where a step of a training goes, of each network by kinds of operations."
    return figures.stacked(bars, about, "of a step", ALONE)


def main() -> None:
    """Print a line for each network, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    wanted = parser.parse_args().networks
    stand_side_by_side()
    with ProcessPoolExecutor(1, get_context("spawn")) as whole:  # where all share an operation
        peak = whole.submit(peak_flops).result()
    print(f"ms a step of {BATCH} images, medians of {ROUNDS} times {STEPS} steps; the processor's")
    print(f"most: {peak / 1e9:,.0f} billion operations a second.\n")
    head = "".join(f"{name:>{len(name) + 2}}" for name in NAMES)
    print(f"{'network':16}{'a step':>7}{'at most':>9}{'busy':>6}  |{head}")
    found = []
    for id in wanted:
        found.append(one := measured(id, peak))
        shares = "".join(f"{part:>{len(name) + 2}.2f}" for name, part in one.parts.items())
        print(f"{id:16}{one.took:>7.2f}{one.at_most:>9.2f}{one.busy:>6.2f}  |{shares}", flush=True)
    print("\nAt most: were all of it multiplying and adding, at the processor's most.")
    print("Busy: processors, of those there are.")
    if set(wanted) != set(NETWORKS) or goals.QUICK:
        return
    if any(one.at_most > one.took for one in found):
        sys.exit("A step was shorter than it can be: the machine was busy, and nothing was drawn.")
    figures.put("step", figure(found))


if __name__ == "__main__":
    main()
