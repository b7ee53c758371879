"""What an edit costs: `python benchmarks/trace.py`, medians of one run on one machine.

The trace of VGG-16 and of EfficientNet-B7 against building their Keras models, expected over 500
times as fast; what the atlas takes to be read, against importing pandas; and the command line as a
process, beyond what Python takes to do nothing. Trace and build take turns, round by round, so that
both meet the same busy machine: the ratio holds where the times do not.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

import keras

from benchmarks import goals
from cnn.network.atlas import design
from cnn.network.keras.model import build
from cnn.network.trace import trace
from cnn.network.zoo import entry

ROOT = Path(__file__).parents[1]
ROUNDS = goals.rounds(5, 2)
TRACES_IN_A_ROUND = 100
ROUNDS_OF_LARGEST, TRACES_OF_LARGEST = 2, 10
IN_A_PROCESS = {
    "read the atlas": ("from cnn.network.atlas import atlas", "atlas()"),
    "import pandas": ("pass", "import pandas"),
}
"""What is timed in fresh processes, behind what stands before it there."""

PROCESSES = {
    "python -c pass": ["-c", "pass"],
    "import cnn": ["-c", "import cnn"],
    "python -m cnn summary lenet-5": ["-m", "cnn", "summary", "lenet-5"],
}


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def trace_and_build() -> tuple[list[float], list[float]]:
    """How long each trace and build of VGG-16 took; both agree, or there is no table."""
    vgg = entry("vgg-16").architecture
    model, traced = build(vgg), trace(vgg)
    if model.count_params() != traced.total_params:
        sys.exit(f"Keras counts {model.count_params():,} parameters, not {traced.total_params:,}")
    traces, builds = [], []
    for _ in range(ROUNDS):
        keras.utils.clear_session()
        builds.append(seconds(lambda: build(vgg)))
        traces += [seconds(lambda: trace(vgg)) for _ in range(TRACES_IN_A_ROUND)]
    return traces, builds


def largest() -> tuple[list[float], list[float]]:
    """The same of EfficientNet-B7, which Keras builds itself."""
    own = design("efficientnet-b7")
    traces, builds = [], []
    for _ in range(ROUNDS_OF_LARGEST):
        keras.utils.clear_session()
        build = partial(keras.applications.EfficientNetB7, weights=None)
        builds.append(seconds(build))
        traces += [seconds(lambda: trace(own)) for _ in range(TRACES_OF_LARGEST)]
    counted = keras.applications.EfficientNetB7(weights=None).count_params()
    if counted != trace(own).total_params:
        sys.exit(f"Keras counts {counted:,} parameters, not {trace(own).total_params:,}")
    return traces, builds


def processes() -> dict[str, list[float]]:
    """How long each process took, the first round not counted."""
    took: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for number in range(ROUNDS + 1):
        for name, arguments in PROCESSES.items():
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
            )
            if number:
                took[name].append(time.perf_counter() - started)
    return took


def inside(before: str, timed: str) -> float:
    """How many seconds a statement takes in a fresh process, whose start does not count."""
    clock = "from time import perf_counter as now"
    code = f"{before}\n{clock}\nbegun = now()\n{timed}\nprint(now() - begun)"
    return float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True))


def main() -> None:
    """Prints a line for each way, its median and how far the fastest and the slowest lie apart."""
    for name, (traces, builds) in {
        "vgg-16": trace_and_build(),
        "efficientnet-b7": largest(),
    }.items():
        trace_s, build_s = statistics.median(traces), statistics.median(builds)
        print(f"{f'trace({name})':32}{trace_s * 1e3:10.3f} ms   fastest {min(traces) * 1e3:.3f}")
        print(f"{f'build({name})':32}{build_s * 1e3:10.0f} ms   fastest {min(builds) * 1e3:.0f}")
        ratio = f"tracing {name}"
        goals.held(
            ratio, build_s / trace_s, least=500, beside="building it", of=f"{len(builds)} builds"
        )
    for name, (before, timed) in IN_A_PROCESS.items():
        values = [inside(before, timed) for _ in range(ROUNDS)]
        middle, fastest = statistics.median(values) * 1e3, min(values) * 1e3
        print(f"{name:32}{middle:10.3f} ms   fastest {fastest:.3f}")
    took = processes()
    nothing = statistics.median(took["python -c pass"])
    for name, durations in took.items():
        median = statistics.median(durations)
        beyond = "" if name == "python -c pass" else f"   beyond Python {median - nothing:.3f} s"
        print(f"{name:32}{median:10.3f} s{beyond}")
    goals.end()


if __name__ == "__main__":
    main()
