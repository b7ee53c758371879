"""The estimate before a training beside what was measured: time and peak memory.

Measures this machine anew, then trains networks of the zoo, each in a fresh process by the
command line's own way, and asks the system for that process' peak. Ratios are to stay within a
factor of two; the last column is the wall clock of the whole process, imports and all. A body that
is frozen is among them, and one whose head is trained first.

Then it trains four networks with two seeds in one process, as the app's worker trains a comparison,
beside what is said of all eight, and beside the sum of what is said of each alone.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals

ROOT = Path(__file__).parents[1]
Begun = dict[str, int]
"""How a training begins with the body on scenes: what stays frozen, and for how long."""

CASES: tuple[tuple[str, str, int, Begun | None], ...] = (
    ("shapes-demo", "shapes", 20, None),
    ("lenet-5", "mnist-sample", 5, None),
    ("alexnet-lite", "mnist-sample", 5, None),
    ("vgg-lite", "mnist-sample", 3, None),
    ("resnet-lite", "mnist-sample", 3, None),
    ("resnet-lite", "scenes", 4, {}),
    ("resnet-lite", "scenes", 4, {"freeze": 10}),
    ("resnet-lite", "scenes", 4, {"head_first": 2}),
)
CALIBRATE = (
    "from cnn.training.engine import tensorflow, warming; "
    "from cnn.training.forecast import calibration; "
    "tensorflow.stand_side_by_side(); warming.warm_up(); list(calibration.measure())"
)
BODY, FLAGS = "shipped:scenes", {"freeze": "--freeze", "head_first": "--head-first"}
TOGETHER = ("lenet-5", "alexnet-lite", "vgg-lite", "resnet-lite")
SEEDS, EPOCHS = 2, 1
FACTOR = 2.0


def trained(network: str, data: str, epochs: int, more: list[str]) -> tuple[float, float, int]:
    """Training seconds as the run says, wall seconds, and peak bytes of a training's process."""
    command = [sys.executable, "-m", "cnn", "train", network, "--dataset", data]
    command += ["--epochs", str(epochs), "--json", *more]
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        sys.exit(f"{network} was not trained, so there is nothing to compare.")
    unit = 1 if sys.platform == "darwin" else 1024
    return json.loads(said)["seconds"], wall_s, usage.ru_maxrss * unit


def comparison() -> float:
    """Prints what 8 trainings were said to take and took; returns the estimate over what it was."""
    from cnn.data import DatasetSpec, load
    from cnn.network.zoo import entry
    from cnn.training.engine.fit import carry_out
    from cnn.training.engine.tensorflow import stand_side_by_side
    from cnn.training.forecast import calibration
    from cnn.training.forecast.estimate import estimate, estimate_all
    from cnn.training.recipe.configuration import Configuration
    from cnn.training.recipe.fitting import fit_to
    from cnn.training.store.store import Store

    stand_side_by_side()
    prices, store = calibration.load(), Store()
    configuration = Configuration(DatasetSpec.from_dict({"name": "mnist-sample"}), epochs=EPOCHS)
    trainings = []
    for seed in range(SEEDS):
        for network in TOGETHER:
            architecture = entry(network).architecture
            data = load(configuration.dataset, architecture.input)
            fitted = fit_to(architecture, data).architecture
            trainings.append((fitted, replace(configuration, seed=seed)))
    images = {name: len(split) for name, split in data.splits.items()}
    said = estimate_all(trainings, images, prices).seconds
    alone = sum(estimate(*one, images, prices).seconds for one in trainings)
    took = compiling = 0.0
    for one in trainings:
        run = carry_out(store, store.add(*one, worker="benchmark"))
        assert run.result is not None
        assert run.checkpoint is not None
        took, compiling = took + run.result.seconds, compiling + run.checkpoint.compiling_s
    print(
        f"{len(trainings)} trainings in one process: estimate {said:.1f} s (each as if alone "
        f"{alone:.1f} s), measured {took:.1f} s, of them {compiling:.1f} s compiling; "
        f"ratio {said / took:.2f}"
    )
    return said / took


def main() -> None:
    """Print one line per network, and fail where an estimate is off by more than the factor."""
    from cnn.data import DatasetSpec, load
    from cnn.network.zoo import entry
    from cnn.shipped.starts import shipped_parent
    from cnn.training.forecast import calibration
    from cnn.training.forecast.estimate import estimate
    from cnn.training.recipe.configuration import Configuration
    from cnn.training.recipe.fitting import fit_to
    from cnn.training.workers import starting

    subprocess.run([sys.executable, "-c", CALIBRATE], cwd=ROOT, check=True, capture_output=True)
    prices = calibration.load()
    assert prices is not None
    print(prices)
    print(f"{'':29}{'time: estimate':>16}{'measured':>10}{'ratio':>7}", end="")
    print(f"{'peak: estimate':>18}{'measured':>11}{'ratio':>7}{'wall':>9}")
    worst = 1.0
    for network, data, epochs, how in CASES:
        configuration = Configuration(DatasetSpec.from_dict({"name": data}), epochs=epochs)
        architecture = entry(network).architecture
        if how is not None:
            architecture = replace(architecture, input=(32, 32, 3))
        found = load(configuration.dataset, architecture.input)
        images = {name: len(split) for name, split in found.splits.items()}
        fitted = fit_to(architecture, found).architecture
        more: list[str] = []
        if how is not None:
            begun = starting.begin(shipped_parent(BODY), fitted, found.class_names, **how)
            configuration = replace(configuration, start=begun.start)
            more = ["--input", "32x32x3", "--from", BODY]
            more += [word for name, count in how.items() for word in (FLAGS[name], str(count))]
        said = estimate(fitted, configuration, images, prices)
        seconds, wall_s, peak = trained(network, data, epochs, more)
        ratios = (said.seconds / seconds, said.peak_bytes / peak)
        worst = max([worst, *ratios, *(1 / ratio for ratio in ratios)])
        called = " ".join([network, *more[4:]])
        print(
            f"{called:29}{said.seconds:14.1f} s{seconds:8.1f} s{ratios[0]:7.2f}"
            f"{said.peak_bytes / 2**20:14.0f} MiB{peak / 2**20:7.0f} MiB{ratios[1]:7.2f}"
            f"{wall_s:7.1f} s"
        )
    ratio = comparison()
    worst = max(worst, ratio, 1 / ratio)
    goals.held(
        "estimate", worst, most=FACTOR, beside="off, the worst", of=f"{len(CASES) + 1} trainings"
    )
    goals.end()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_HOME"] = folder
        main()
